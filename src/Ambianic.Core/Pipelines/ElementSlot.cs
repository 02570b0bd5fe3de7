namespace Ambianic.Core.Pipelines;

/// <summary>An element in its place, and how to make another one when it is stuck.</summary>
/// <param name="Name">As the configuration calls it.</param>
/// <param name="Element">Owned by the pipeline.</param>
/// <param name="Create">Makes another; null when the element cannot be replaced.</param>
public sealed record ElementSlot(string Name, IPipelineElement Element, Func<IPipelineElement>? Create = null)
{
    /// <summary>How often the element in this place was replaced.</summary>
    public int Recycled { get; init; }

    /// <summary>The same place with a new element in it, which is not prepared yet.</summary>
    internal ElementSlot Replace() => this with { Element = Create!(), Recycled = Recycled + 1 };

    /// <summary>Disposes the element if it holds anything.</summary>
    internal ValueTask DisposeAsync()
    {
        switch (Element)
        {
            case IAsyncDisposable disposable:
                return disposable.DisposeAsync();
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }

        return ValueTask.CompletedTask;
    }
}
