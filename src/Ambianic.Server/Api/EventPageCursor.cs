using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ambianic.Core.Timeline;

namespace Ambianic.Server.Api;

/// <summary>
/// Where a page of a query ends, as a text: the place of its last event, which is its time and a part of its id, and a check over that and
/// the query. The check tells damage and another query apart from a cursor of ours; it keeps nobody out.
/// </summary>
/// <param name="query">Its size of a page may differ from page to page.</param>
/// <param name="order">The order.</param>
internal sealed class EventPageCursor(EventQuery query, EventOrder order)
{
    private const byte Version = 1;
    private const int PlaceAt = 1;
    private const int CheckAt = PlaceAt + sizeof(long);
    private const int Length = CheckAt + 4;

    /// <summary>The order.</summary>
    public EventOrder Order => order;

    /// <summary>The text for a place.</summary>
    public string Text(long place)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes, place);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The place in a text; null when it is damaged or of another query.</summary>
    public long? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (!Base64Url.IsValid(text, out var length) || length != Length || !Base64Url.TryDecodeFromChars(text, bytes, out _))
        {
            return null;
        }

        Span<byte> right = stackalloc byte[Length];
        var place = BinaryPrimitives.ReadInt64BigEndian(bytes[PlaceAt..]);
        Write(right, place);
        return bytes.SequenceEqual(right) ? place : null;
    }

    private void Write(Span<byte> bytes, long place)
    {
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[PlaceAt..], place);
        var of = string.Create(
            CultureInfo.InvariantCulture,
            $"{place}\n{order}\n{query.From?.UtcTicks}\n{query.To?.UtcTicks}\n{query.Pipeline}\n{query.Label}\n{query.MinConfidence}\n{query.State}\n{query.Zone}\n{query.Text}\n{query.Feedback}");
        SHA256.HashData(Encoding.UTF8.GetBytes(of)).AsSpan(0, Length - CheckAt).CopyTo(bytes[CheckAt..]);
    }
}
