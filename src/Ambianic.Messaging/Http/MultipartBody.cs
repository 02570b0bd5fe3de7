using System.Net.Http.Headers;
using System.Text;

namespace Ambianic.Messaging.Http;

/// <summary>A form with files. Names are quoted and the boundary is not, as browsers send them: not every service reads .NET's own way.</summary>
internal static class MultipartBody
{
    /// <summary>The body of a request.</summary>
    /// <param name="fields">Names and values.</param>
    /// <param name="fileField">Name of the field that holds the file.</param>
    /// <param name="fileName">What the file is called; ASCII.</param>
    /// <param name="jpeg">The file.</param>
    public static MultipartFormDataContent Of(IEnumerable<KeyValuePair<string, string>> fields, string fileField, string fileName, ReadOnlyMemory<byte> jpeg)
    {
        var boundary = $"ambianic-{Guid.NewGuid():n}";
        var body = new MultipartFormDataContent(boundary);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        foreach (var (name, value) in fields)
        {
            Add(body, new StringContent(value, Encoding.UTF8), name, null);
        }

        Add(body, new ReadOnlyMemoryContent(jpeg) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } }, fileField, fileName);
        return body;
    }

    private static void Add(MultipartFormDataContent body, HttpContent content, string name, string? fileName)
    {
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = Quoted(name), FileName = fileName is null ? null : Quoted(fileName) };
        body.Add(content);
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "%22", StringComparison.Ordinal).ReplaceLineEndings("%0A")}\"";
}
