using System.Globalization;

namespace Ambianic.Core.Timeline;

/// <summary>How folders and files of events are called: after a moment of local time, as the reference system does.</summary>
public static class EventNames
{
    /// <summary>Folder of all events, within the data directory.</summary>
    public const string Root = "detections";

    /// <summary>Ends the name of a picture.</summary>
    public const string ImageSuffix = "-image.jpg";

    /// <summary>Ends the name of a small picture.</summary>
    public const string ThumbnailSuffix = "-thumbnail.jpg";

    /// <summary>Ends the name of an event's JSON.</summary>
    public const string JsonSuffix = "-inference.json";

    /// <summary>Ends the name of an empty file that says that an event is to be kept.</summary>
    public const string PinSuffix = "-pinned";

    /// <summary>Ends the name of the file with what people said of an event.</summary>
    public const string RemarksSuffix = "-remarks";

    /// <summary>Label of events that tell of an outage. An older word, which stays: filters and retention of users name it.</summary>
    public const string OutageLabel = "sight";

    /// <summary>Label of events that tell of an alert that nobody answered.</summary>
    public const string AlertLabel = "alert";

    /// <summary>For example <c>20210501-101112.123456</c>; sorts by time.</summary>
    public static string For(DateTimeOffset at) => at.ToString("yyyyMMdd-HHmmss.ffffff", CultureInfo.InvariantCulture);

    /// <summary>Ends the name of a picture of the seconds before; the oldest is 1.</summary>
    public static string BeforeSuffix(int number) => $"-before-{number}.jpg";
}
