using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Ambianic.Server.Tests.Architecture;

/// <summary>
/// Which namespaces of one assembly use which, read from its compiled code: signatures, attributes and method bodies. The project's
/// <c>Log</c> counts as a namespace: all may use it, and it may use none.
/// </summary>
internal sealed class NamespaceGraph
{
    private readonly Dictionary<string, Dictionary<string, string>> _uses = [];

    public NamespaceGraph(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        foreach (var type in module.GetTypes())
        {
            foreach (var used in Mentioned(type).SelectMany(WithArguments))
            {
                if (used.Scope == module && Of(type) is { Length: > 0 } from && Of(used) is { Length: > 0 } to && from != to)
                {
                    Targets(from).TryAdd(to, $"{type.FullName} uses {used.FullName}");
                }
            }
        }
    }

    /// <summary>Every use that is part of a cycle, for people: "A -> B: type X uses type Y".</summary>
    public IEnumerable<string> Cycles() =>
        from source in _uses
        from target in source.Value
        where Reaches(target.Key, source.Key, [])
        orderby source.Key, target.Key
        select $"{source.Key} -> {target.Key}: {target.Value}";

    private bool Reaches(string from, string to, HashSet<string> seen) =>
        from == to || (seen.Add(from) && _uses.TryGetValue(from, out var targets) && targets.Keys.Any(next => Reaches(next, to, seen)));

    private Dictionary<string, string> Targets(string name) =>
        _uses.TryGetValue(name, out var targets) ? targets : _uses[name] = [];

    private static IEnumerable<TypeReference> Mentioned(TypeDefinition type) =>
    [
        .. type.BaseType is { } parent ? [parent] : Array.Empty<TypeReference>(),
        .. type.Interfaces.Select(item => item.InterfaceType),
        .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
        .. type.Fields.Select(field => field.FieldType),
        .. type.Properties.Select(property => property.PropertyType),
        .. type.Properties.SelectMany(property => property.CustomAttributes).Select(attribute => attribute.AttributeType),
        .. type.Methods.SelectMany(Mentioned),
    ];

    private static IEnumerable<TypeReference> Mentioned(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(Mentioned) : [],
    ];

    private static IEnumerable<TypeReference> Mentioned(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod generic => [generic.DeclaringType, .. generic.GenericArguments],
        MemberReference { DeclaringType: { } type } => [type],
        _ => [],
    };

    private static IEnumerable<TypeReference> WithArguments(TypeReference type) => type switch
    {
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(WithArguments)],
        TypeSpecification wrapped => WithArguments(wrapped.ElementType),
        _ => [type],
    };

    private static string Of(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type.Name == "Log" ? type.FullName : type.Namespace;
    }
}
