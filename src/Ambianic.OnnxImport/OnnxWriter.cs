using Ambianic.OnnxImport.Graphs;
using Google.Protobuf;

namespace Ambianic.OnnxImport;

/// <summary>Writes a graph that has its channels first as an ONNX model.</summary>
internal static class OnnxWriter
{
    private const int IrVersion = 8;
    private const int Opset = 18; // the first in which all reductions take their axes as an input

    /// <summary>The model of <paramref name="graph"/>; constants that no node uses are left out.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="producer">Version of the program that made it.</param>
    /// <param name="metadata">Stored in the file, for its readers.</param>
    public static ModelProto Write(Graph graph, string producer, IReadOnlyDictionary<string, string> metadata)
    {
        var proto = new GraphProto { Name = "imported" };
        proto.Input.AddRange(graph.Inputs.Select(ToProto));
        proto.Output.AddRange(graph.Outputs.Select(ToProto));
        proto.Node.AddRange(graph.Nodes.Select(ToProto));
        var used = graph.Nodes.SelectMany(node => node.Inputs).ToHashSet();
        proto.Initializer.AddRange(graph.Constants
            .Where(constant => used.Contains(constant.Key))
            .Select(constant => ToProto(constant.Key, constant.Value)));

        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "ambianic",
            ProducerVersion = producer,
            Graph = proto,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        };
        model.MetadataProps.AddRange(metadata.Select(fact => new StringStringEntryProto { Key = fact.Key, Value = fact.Value }));
        return model;
    }

    private static ValueInfoProto ToProto(GraphValue value)
    {
        var type = new TypeProto.Types.Tensor { ElemType = (int)value.Type };
        if (value.Shape is { } shape)
        {
            type.Shape = new TensorShapeProto();
            type.Shape.Dim.AddRange(shape.Select((size, axis) => size >= 0
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = $"{value.Name}_{axis}" }));
        }

        return new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = type } };
    }

    private static NodeProto ToProto(Node node)
    {
        var proto = new NodeProto { OpType = node.Op, Name = node.Outputs[0] };
        proto.Input.AddRange(node.Inputs);
        proto.Output.AddRange(node.Outputs);
        proto.Attribute.AddRange(node.Attributes.Select(attribute => ToProto(attribute.Key, attribute.Value)));
        return proto;
    }

    private static AttributeProto ToProto(string name, object value) => value switch
    {
        long number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number },
        float number => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = number },
        string text => new AttributeProto
        {
            Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(text),
        },
        long[] numbers => new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } },
        _ => throw new ArgumentException($"An attribute cannot be a {value.GetType()}", nameof(value)),
    };

    private static TensorProto ToProto(string name, Tensor tensor)
    {
        var proto = new TensorProto
        {
            Name = name, DataType = (int)tensor.Type, RawData = UnsafeByteOperations.UnsafeWrap(tensor.Data),
        };
        proto.Dims.AddRange(tensor.Shape.Select(size => (long)size));
        return proto;
    }
}
