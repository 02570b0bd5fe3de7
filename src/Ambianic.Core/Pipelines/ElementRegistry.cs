namespace Ambianic.Core.Pipelines;

/// <summary>The elements that a configuration may name. One line here makes an element known to the configuration, the checks and the pipelines.</summary>
public sealed class ElementRegistry
{
    private readonly Dictionary<string, ElementKind> _kinds = new(StringComparer.Ordinal);

    /// <summary>All elements by the name that the configuration uses.</summary>
    public IReadOnlyDictionary<string, ElementKind> Kinds => _kinds;

    /// <summary>Makes an element known.</summary>
    /// <typeparam name="TOptions">The record that the element's options are bound to; its properties, defaults and ranges are the element's documentation.</typeparam>
    /// <param name="name">As written in the configuration, for example <c>detect_objects</c>.</param>
    /// <param name="create">Makes the element; called when its pipeline is built, may throw to refuse.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public ElementRegistry Add<TOptions>(string name, Func<TOptions, ElementContext, IPipelineElement> create)
        where TOptions : class, new()
    {
        _kinds.Add(name, new ElementKind(name, typeof(TOptions), (options, context) => create((TOptions)options, context)));
        return this;
    }
}

/// <summary>An element that a configuration may name.</summary>
/// <param name="Name">As written in the configuration.</param>
/// <param name="OptionsType">The record that its options are bound to.</param>
/// <param name="Create">Makes the element from an instance of <paramref name="OptionsType"/>.</param>
public sealed record ElementKind(string Name, Type OptionsType, Func<object, ElementContext, IPipelineElement> Create);
