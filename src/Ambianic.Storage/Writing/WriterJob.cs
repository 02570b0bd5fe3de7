using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Storage.Writing;

/// <summary>What the thread that writes is asked to do.</summary>
internal abstract record WriterJob
{
    /// <summary>Completes with it.</summary>
    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A call that must not race with writing.</summary>
/// <param name="Path">Named when it fails.</param>
/// <param name="Work">Gives the result.</param>
internal sealed record WriterCall(string Path, Func<bool> Work) : WriterJob;

/// <summary>A call that needs the rows too.</summary>
/// <param name="Path">Named when its files fail.</param>
/// <param name="Work">Gives the result.</param>
internal sealed record RowCall(string Path, Func<SqliteConnection, bool> Work) : WriterJob;

/// <summary>An event to be stored.</summary>
/// <param name="Event">The event.</param>
/// <param name="Files">Its files; none when an earlier run wrote them.</param>
internal sealed record EventWrite(DetectionEvent Event, NewFile[] Files) : WriterJob
{
    /// <summary>False for an event of an earlier run.</summary>
    public bool IsNew => Files.Length > 0;
}
