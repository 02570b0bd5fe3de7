using Ambianic.Core.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Ambianic.Server.Hosting;

/// <summary>Where log lines go: the error stream, and a file when one is configured. Credentials in URLs are masked in both.</summary>
internal static class LogOutput
{
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u4} {SourceContext}{EventTag}: {Message:lj}{NewLine}{Exception}";
    private const string ShortLine = "{Timestamp:HH:mm:ss} {Level:u4} {Message:lj}{NewLine}{Exception}";
    private const long LargestFile = 10L << 20;
    private const int FilesKept = 5;

    /// <summary>Sends the program's log lines where <paramref name="options"/> say.</summary>
    /// <param name="logging">Where lines come from.</param>
    /// <param name="options">Where they go.</param>
    /// <param name="recent">Keeps the newest of them, all but debug lines that go nowhere else; null keeps none.</param>
    public static void AddAmbianicLog(this ILoggingBuilder logging, LoggingOptions options, RecentLog? recent = null)
    {
        var console = Level(options.ConsoleLevel ?? options.Level);
        var lowest = string.IsNullOrEmpty(options.File) ? console : Lower(console, Level(options.Level));
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(recent is null ? lowest : Lower(lowest, LogEventLevel.Information))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal) // a failed start is told by its own message
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .WriteTo.Console(new MaskedFormatter(ShortLine), console, standardErrorFromLevel: LogEventLevel.Verbose);
        if (!string.IsNullOrEmpty(options.File))
        {
            configuration.Enrich.With<EventTag>().WriteTo.File(
                new MaskedFormatter(Line),
                options.File,
                Level(options.Level),
                fileSizeLimitBytes: LargestFile,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: FilesKept);
        }

        if (recent is not null)
        {
            configuration.WriteTo.Sink(recent);
        }

        logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddSerilog(configuration.CreateLogger(), dispose: true);
    }

    /// <summary>For commands that do one thing: warnings only, and not what the command itself says when it fails.</summary>
    /// <param name="logging">The log of the command.</param>
    /// <param name="silent">Types whose failures the command reports itself.</param>
    public static void AddCommandLog(this ILoggingBuilder logging, params Type[] silent)
    {
        logging.AddAmbianicLog(new LoggingOptions { ConsoleLevel = LoggingLevel.Warning });
        foreach (var type in silent)
        {
            logging.AddFilter<SerilogLoggerProvider>(type.FullName, LogLevel.None); // AddSerilog sets a rule for its provider, which wins over others
        }
    }

    private static LogEventLevel Lower(LogEventLevel one, LogEventLevel other) => one < other ? one : other;

    private static LogEventLevel Level(LoggingLevel level) => level switch
    {
        LoggingLevel.Debug => LogEventLevel.Debug,
        LoggingLevel.Warning => LogEventLevel.Warning,
        LoggingLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Information,
    };

    /// <summary>Gives each of our messages its event id as .NET's own console log shows it: <c>Ambianic.Core.Pipelines.Pipeline[1014]</c>.</summary>
    private sealed class EventTag : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            if (logEvent.Properties.GetValueOrDefault("EventId") is StructureValue { Properties: [{ Name: "Id", Value: var id }, ..] })
            {
                logEvent.AddPropertyIfAbsent(new LogEventProperty(nameof(EventTag), new ScalarValue($"[{id}]")));
            }
        }
    }

    /// <summary>The last place before the outside: whatever a library put into a message or an exception, no credentials leave.</summary>
    private sealed class MaskedFormatter(string template) : ITextFormatter
    {
        private readonly MessageTemplateTextFormatter _inner = new(template, System.Globalization.CultureInfo.InvariantCulture);

        public void Format(LogEvent logEvent, TextWriter output)
        {
            using var text = new StringWriter();
            _inner.Format(logEvent, text);
            output.Write(Credentials.Mask(text.ToString()));
        }
    }
}
