using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Inference.Sessions;

/// <summary>The tensors of one worker: a picture goes in, outputs come out.</summary>
/// <remarks>
/// Not safe to use from several threads. Nothing is allocated per picture when the graph says the size of every output and
/// all are floats; otherwise ONNX Runtime allocates the outputs, its .NET layer some small objects, and only what they are
/// converted to is kept from picture to picture.
/// </remarks>
internal abstract class InferenceRun : IDisposable
{
    /// <summary>What the model said last, in the order of the graph.</summary>
    public abstract IReadOnlyList<ModelOutput> Outputs { get; }

    /// <summary>Time that it took last to write the picture into the tensor.</summary>
    public TimeSpan Prepared { get; protected set; }

    /// <summary>Time that the model alone took last.</summary>
    public TimeSpan Elapsed { get; protected set; }

    /// <summary>Makes the tensors for a graph.</summary>
    public static InferenceRun Create(OnnxGraph graph, ModelInput input, TimeProvider time) => input.Type switch
    {
        TensorType.UInt8 => new InferenceRun<byte>(graph, input, time),
        TensorType.Int32 => new InferenceRun<int>(graph, input, time),
        TensorType.Float16 => new InferenceRun<Half>(graph, input, time),
        _ => new InferenceRun<float>(graph, input, time),
    };

    /// <summary>Runs the model on a part of a frame.</summary>
    /// <returns>Where the part lay in the tensor.</returns>
    /// <exception cref="InferenceException">The model rejected the input.</exception>
    public abstract Letterbox Run(Frame frame, Box? region);

    /// <summary>Runs the model on a picture of its full size, so that everything lazy has happened.</summary>
    /// <param name="withPattern">True: all kinds of brightness; false: an empty picture.</param>
    /// <exception cref="InferenceException">The model rejected the input.</exception>
    public abstract void WarmUp(bool withPattern = false);

    /// <summary>Asks a run to break off, from another thread; no run succeeds afterwards.</summary>
    public abstract void Stop();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <inheritdoc cref="InferenceRun"/>
internal sealed class InferenceRun<T> : InferenceRun
    where T : unmanaged, INumber<T>
{
    /// <summary>All outputs of one run: 128 MiB of floats, a hundred times what detectors say.</summary>
    private const long MostOutputElements = 32 << 20;

    private static readonly TensorElementType ElementType =
        typeof(T) == typeof(byte) ? TensorElementType.UInt8
        : typeof(T) == typeof(int) ? TensorElementType.Int32
        : typeof(T) == typeof(Half) ? TensorElementType.Float16
        : TensorElementType.Float;

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
    private long _outputElements;
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
        _tensor = GC.AllocateArray<T>(checked((input.Width + multiple) * (input.Height + multiple) * 3), pinned: true);
        _outputs = new ModelOutput[graph.Session.OutputNames.Count];
        _binding = graph.Session.CreateIoBinding();
        try
        {
            BindSizes();
            for (var i = 0; i < _outputs.Length; i++)
            {
                _hasFreeOutputs |= !BindOutput(i);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyList<ModelOutput> Outputs => _outputs;

    public override Letterbox Run(Frame frame, Box? region)
    {
        var begun = _time.GetTimestamp();
        var letterbox = _preparation.Fit(frame, region);
        BindPicture(letterbox.TensorWidth, letterbox.TensorHeight);
        _preparation.Write(frame, letterbox, _tensor);
        Prepared = _time.GetElapsedTime(begun);
        Run();
        return letterbox;
    }

    public override void WarmUp(bool withPattern = false)
    {
        for (var i = 0; withPattern && i < _tensor.Length; i++)
        {
            var brightness = i * 7 % 256;
            _tensor[i] = typeof(T) == typeof(byte) || typeof(T) == typeof(int) ? T.CreateTruncating(brightness) : T.CreateTruncating(brightness / 255f);
        }

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
                Read(results);
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
        _picture = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            ElementType,
            shape,
            Marshal.UnsafeAddrOfPinnedArrayElement(_tensor, 0),
            (long)width * height * 3 * Unsafe.SizeOf<T>());
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

        var count = 1L;
        foreach (var length in metadata.Dimensions)
        {
            count = Allowed(name, count * length);
        }

        _outputElements = Allowed(name, _outputElements + count);
        var values = GC.AllocateArray<float>((int)count, pinned: true);
        var output = OrtValue.CreateTensorValueFromMemory(values, [.. metadata.Dimensions.Select(length => (long)length)]);
        _bound.Add(output);
        _binding.BindOutput(name, output);
        _outputs[index] = new ModelOutput(name, metadata.Dimensions, values);
        return true;
    }

    private static long Allowed(string output, long elements) => elements is >= 0 and <= MostOutputElements
        ? elements
        : throw new InferenceException($"the model's output '{output}' is too large: more than {MostOutputElements} numbers a picture");

    private void Read(IDisposableReadOnlyCollection<OrtValue> results)
    {
        var elements = 0L;
        for (var i = 0; i < _outputs.Length; i++)
        {
            var information = results[i].GetTensorTypeAndShape();
            elements = Allowed(_outputs[i].Name, elements + information.ElementCount);
            if (!information.Shape.SequenceEqual(_outputs[i].Shape.Select(length => (long)length)) || _outputs[i].Values.IsEmpty)
            {
                _outputs[i] = new ModelOutput(
                    _outputs[i].Name, [.. information.Shape.Select(length => (int)length)], new float[information.ElementCount]);
            }

            Read(results[i], information.ElementDataType, _outputs[i]);
        }
    }

    private static void Read(OrtValue value, TensorElementType type, ModelOutput output)
    {
        var floats = MemoryMarshal.AsMemory(output.Values).Span;
        switch (type)
        {
            case TensorElementType.Float:
                value.GetTensorDataAsSpan<float>().CopyTo(floats);
                break;
            case TensorElementType.Float16:
                Convert(MemoryMarshal.Cast<Float16, Half>(value.GetTensorDataAsSpan<Float16>()), floats);
                break;
            case TensorElementType.Int64:
                Convert(value.GetTensorDataAsSpan<long>(), floats);
                break;
            case TensorElementType.Int32:
                Convert(value.GetTensorDataAsSpan<int>(), floats);
                break;
            case TensorElementType.UInt8:
                Convert(value.GetTensorDataAsSpan<byte>(), floats);
                break;
            default:
                throw new InferenceException($"the model's output '{output.Name}' is {type}, which cannot be read");
        }
    }

    private static void Convert<TNumber>(ReadOnlySpan<TNumber> numbers, Span<float> floats)
        where TNumber : INumber<TNumber>
    {
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = float.CreateSaturating(numbers[i]);
        }
    }
}
