using Ambianic.Core.Vision.Input;

namespace Ambianic.Core.Vision.Decoders;

/// <summary>Reads what a family of models says in its outputs. Stateless; safe to use from several threads.</summary>
public interface IDetectionDecoder
{
    /// <summary>As written in a configuration: <c>model.decoder</c>.</summary>
    string Name { get; }

    /// <summary>Names of the key points that every candidate carries, in order; empty when there are none.</summary>
    IReadOnlyList<string> PointNames => [];

    /// <summary>Labels of the family when nobody gives any; empty when they depend on the training.</summary>
    IReadOnlyList<string> Labels => [];

    /// <summary>True when outputs of these shapes are, as far as shapes tell, of this family.</summary>
    /// <param name="outputs">All outputs of one run.</param>
    /// <param name="width">Of the tensor that went in, in pixels.</param>
    /// <param name="height">Of the tensor that went in, in pixels.</param>
    bool Reads(IReadOnlyList<ModelOutput> outputs, int width, int height);

    /// <summary>How many classes the outputs tell apart; 0 when that cannot be seen.</summary>
    int Classes(IReadOnlyList<ModelOutput> outputs) => 0;

    /// <summary>True when the last class may be one that training has left unused, for which nobody has a label.</summary>
    bool LastClassMayBeUnused(IReadOnlyList<ModelOutput> outputs) => false;

    /// <summary>
    /// What the outputs call the first class: 1 where 0 is the background, else 0. Candidates count from 0 in either case; it tells
    /// that a file of labels may begin with the background too.
    /// </summary>
    int FirstClass(IReadOnlyList<ModelOutput> outputs) => 0;

    /// <summary>Candidates of one class that overlap more than this are the same thing; 0 to 1, and 1 where the graph or the method has already left one candidate for each thing.</summary>
    /// <param name="outputs">All outputs of one run.</param>
    /// <param name="width">Of the tensor that went in, in pixels.</param>
    /// <param name="height">Of the tensor that went in, in pixels.</param>
    float Overlap(IReadOnlyList<ModelOutput> outputs, int width, int height) => 0.5f;

    /// <summary>How pictures are usually prepared for this family.</summary>
    /// <param name="tensor">Size, layout and type that the graph asks for; colours and padding are to be filled in.</param>
    ModelInput Usual(ModelInput tensor);

    /// <summary>The same, where models of the family that end in different outputs also want different pictures.</summary>
    /// <param name="tensor">Size, layout and type that the graph asks for; colours and padding are to be filled in.</param>
    /// <param name="outputs">All outputs of one run.</param>
    ModelInput Usual(ModelInput tensor, IReadOnlyList<ModelOutput> outputs) => Usual(tensor);

    /// <summary>Adds what the outputs say.</summary>
    /// <param name="outputs">All outputs of one run.</param>
    /// <param name="letterbox">What the model looked at.</param>
    /// <param name="threshold">Candidates with a lower score need not be added.</param>
    /// <param name="found">Receives the candidates; boxes in pixels of the tensor.</param>
    /// <exception cref="InferenceException">The outputs are not of this family.</exception>
    void Decode(IReadOnlyList<ModelOutput> outputs, in Letterbox letterbox, float threshold, CandidateList found);
}
