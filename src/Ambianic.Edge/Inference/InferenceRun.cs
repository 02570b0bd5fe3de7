using System.Numerics;
using Ambianic.Frames;
using Ambianic.Vision;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Inference;

/// <summary>The tensors of one worker: a picture goes in, outputs come out, nothing is allocated per picture.</summary>
/// <remarks>Not safe to use from several threads.</remarks>
internal abstract class InferenceRun : IDisposable
{
    /// <summary>What the model said last, in the order of the graph.</summary>
    public abstract IReadOnlyList<ModelOutput> Outputs { get; }

    /// <summary>Time that the model alone took last.</summary>
    public TimeSpan Elapsed { get; protected set; }

    /// <summary>Makes the tensors for a graph.</summary>
    public static InferenceRun Create(OnnxGraph graph, ModelInput input, TimeProvider time) => input.Type switch
    {
        TensorType.UInt8 => new InferenceRun<byte>(graph, input, time),
        TensorType.Int32 => new InferenceRun<int>(graph, input, time),
        _ => new InferenceRun<float>(graph, input, time),
    };

    /// <summary>Runs the model on a part of a frame.</summary>
    /// <returns>Where the part lay in the tensor.</returns>
    /// <exception cref="InferenceException">The model rejected the input.</exception>
    public abstract Letterbox Run(Frame frame, Box? region);

    /// <summary>Runs the model on an undefined picture of its full size, so that everything lazy has happened.</summary>
    /// <exception cref="InferenceException">The model rejected the input.</exception>
    public abstract void WarmUp();

    /// <summary>Asks a run to break off, from another thread; no run succeeds afterwards.</summary>
    public abstract void Stop();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <inheritdoc cref="InferenceRun"/>
internal sealed class InferenceRun<T> : InferenceRun
    where T : unmanaged, INumber<T>
{
    private readonly OnnxGraph _graph;
    private readonly ModelInput _input;
    private readonly TimeProvider _time;
    private readonly TensorPreparation<T> _preparation;
    private readonly T[] _tensor;
    private readonly long[] _tensorSize = new long[2];
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding _binding;
    private readonly List<OrtValue> _bound = [];
    private readonly ModelOutput[] _outputs;
    private readonly bool _hasFreeOutputs;
    private bool _isDisposed;
    private OrtValue? _picture;
    private (int Width, int Height) _pictureSize;

    public InferenceRun(OnnxGraph graph, ModelInput input, TimeProvider time)
    {
        _graph = graph;
        _input = input;
        _time = time;
        _preparation = new TensorPreparation<T>(input);
        var multiple = Math.Max(1, input.SizeMultiple);
        _tensor = GC.AllocateArray<T>((input.Width + multiple) * (input.Height + multiple) * 3, pinned: true);
        _binding = graph.Session.CreateIoBinding();
        BindSizes();
        _outputs = new ModelOutput[graph.Session.OutputNames.Count];
        for (var i = 0; i < _outputs.Length; i++)
        {
            _hasFreeOutputs |= !BindOutput(i);
        }
    }

    public override IReadOnlyList<ModelOutput> Outputs => _outputs;

    public override Letterbox Run(Frame frame, Box? region)
    {
        var letterbox = _preparation.Fit(frame, region);
        BindPicture(letterbox.TensorWidth, letterbox.TensorHeight);
        _preparation.Write(frame, letterbox, _tensor);
        Run();
        return letterbox;
    }

    public override void WarmUp()
    {
        BindPicture(_input.Width, _input.Height);
        Run();
    }

    public override void Stop()
    {
        lock (_options)
        {
            if (!_isDisposed)
            {
                _options.Terminate = true;
            }
        }
    }

    public override void Dispose()
    {
        lock (_options)
        {
            _isDisposed = true;
        }

        _binding.Dispose();
        _picture?.Dispose();
        _bound.ForEach(value => value.Dispose());
        _options.Dispose();
    }

    private void Run()
    {
        try
        {
            var start = _time.GetTimestamp();
            if (_hasFreeOutputs)
            {
                using var results = _graph.Session.RunWithBoundResults(_options, _binding);
                Elapsed = _time.GetElapsedTime(start);
                for (var i = 0; i < _outputs.Length; i++)
                {
                    _outputs[i] = Read(_outputs[i], results[i]);
                }
            }
            else
            {
                _graph.Session.RunWithBinding(_options, _binding);
                Elapsed = _time.GetElapsedTime(start);
            }
        }
        catch (OnnxRuntimeException error)
        {
            throw new InferenceException($"the model failed: {error.Message}", error);
        }
    }

    private void BindPicture(int width, int height)
    {
        if (_pictureSize == (width, height))
        {
            return;
        }

        _picture?.Dispose();
        long[] shape = _input.Layout == TensorLayout.Nchw ? [1, 3, height, width] : [1, height, width, 3];
        _picture = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _tensor.AsMemory(0, width * height * 3), shape);
        _binding.BindInput(_graph.PictureInput, _picture);
        _pictureSize = (width, height);
        (_tensorSize[0], _tensorSize[1]) = (width, height);
    }

    /// <summary>Some detection transformers also take the size, width first, that their boxes shall be in; that is the tensor's.</summary>
    private void BindSizes()
    {
        foreach (var (name, metadata) in _graph.Session.InputMetadata)
        {
            if (name == _graph.PictureInput)
            {
                continue;
            }

            if (metadata.ElementDataType != TensorElementType.Int64 || metadata.Dimensions is not [_, 2])
            {
                throw new InferenceException($"the model also wants an input '{name}', which cannot be made from a picture");
            }

            var value = OrtValue.CreateTensorValueFromMemory(_tensorSize, [1, 2]);
            _bound.Add(value);
            _binding.BindInput(name, value);
        }
    }

    /// <summary>An output of fixed size is written straight into an array of ours; returns false for one that ONNX Runtime has to allocate.</summary>
    private bool BindOutput(int index)
    {
        var name = _graph.Session.OutputNames[index];
        var metadata = _graph.Session.OutputMetadata[name];
        if (metadata.ElementDataType != TensorElementType.Float || metadata.Dimensions.Any(length => length <= 0))
        {
            _binding.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
            _outputs[index] = new ModelOutput(name, [], ReadOnlyMemory<float>.Empty);
            return false;
        }

        var values = GC.AllocateArray<float>(metadata.Dimensions.Aggregate(1, (product, length) => checked(product * length)), pinned: true);
        var output = OrtValue.CreateTensorValueFromMemory(values, [.. metadata.Dimensions.Select(length => (long)length)]);
        _bound.Add(output);
        _binding.BindOutput(name, output);
        _outputs[index] = new ModelOutput(name, metadata.Dimensions, values);
        return true;
    }

    private static ModelOutput Read(ModelOutput former, OrtValue value)
    {
        var information = value.GetTensorTypeAndShape();
        return new ModelOutput(former.Name, [.. information.Shape.Select(length => (int)length)], information.ElementDataType switch
        {
            TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
            TensorElementType.Float16 => Convert(value.GetTensorDataAsSpan<Float16>(), number => (float)number),
            TensorElementType.Int64 => Convert(value.GetTensorDataAsSpan<long>(), number => number),
            TensorElementType.Int32 => Convert(value.GetTensorDataAsSpan<int>(), number => number),
            TensorElementType.UInt8 => Convert(value.GetTensorDataAsSpan<byte>(), number => number),
            var other => throw new InferenceException($"the model's output '{former.Name}' is {other}, which cannot be read"),
        });
    }

    private static float[] Convert<TNumber>(ReadOnlySpan<TNumber> numbers, Func<TNumber, float> toFloat)
    {
        var floats = new float[numbers.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = toFloat(numbers[i]);
        }

        return floats;
    }
}
