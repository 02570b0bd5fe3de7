using System.Globalization;
using System.Text;

namespace Ambianic.Configuration.Saving;

/// <summary>Differences of two texts by lines, in unified format (POSIX diff -u).</summary>
/// <remarks>The shortest edit by E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1986.</remarks>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>More edits are shown as one block: time and memory grow with their square.</summary>
    private const int MostEdits = 1000;

    /// <summary>The differences; empty when there are none.</summary>
    /// <param name="before">The one text.</param>
    /// <param name="after">The other.</param>
    /// <param name="beforeName">What the one is called.</param>
    /// <param name="afterName">What the other is called.</param>
    public static string Of(string before, string after, string beforeName, string afterName)
    {
        if (before == after)
        {
            return "";
        }

        var (old, now) = (Lines(before), Lines(after));
        var edits = Edits(old, now);
        var diff = new StringBuilder($"--- {beforeName}\n+++ {afterName}\n");
        for (var next = 0; next < edits.Count;)
        {
            if (edits[next].Kind == ' ')
            {
                next++;
                continue;
            }

            var start = Math.Max(0, next - Context);
            var end = next;
            for (var look = next; look < edits.Count && look <= end + (2 * Context); look++)
            {
                end = edits[look].Kind == ' ' ? end : look;
            }

            next = Math.Min(edits.Count, end + 1 + Context);
            Write(diff, edits, start, next);
        }

        return diff.ToString();
    }

    private static void Write(StringBuilder diff, List<(char Kind, string Line, int Old, int New)> edits, int start, int end)
    {
        var part = edits[start..end];
        var (old, now) = (part.Count(edit => edit.Kind != '+'), part.Count(edit => edit.Kind != '-'));
        diff.Append(CultureInfo.InvariantCulture, $"@@ -{Range(edits[start].Old, old)} +{Range(edits[start].New, now)} @@\n");
        foreach (var (kind, line, _, _) in part)
        {
            diff.Append(kind).Append(line).Append(line.EndsWith('\n') ? "" : "\n\\ No newline at end of file\n");
        }
    }

    private static string Range(int index, int count) => string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? index : index + 1)}{(count == 1 ? "" : $",{count}")}");

    private static List<string> Lines(string text)
    {
        List<string> lines = [];
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    /// <summary>Each line of both: kept, removed or added, with the number of lines of both before it.</summary>
    private static List<(char Kind, string Line, int Old, int New)> Edits(List<string> old, List<string> now)
    {
        var begin = 0;
        while (begin < old.Count && begin < now.Count && old[begin] == now[begin])
        {
            begin++;
        }

        var (oldEnd, newEnd) = (old.Count, now.Count);
        while (oldEnd > begin && newEnd > begin && old[oldEnd - 1] == now[newEnd - 1])
        {
            (oldEnd, newEnd) = (oldEnd - 1, newEnd - 1);
        }

        var edits = new List<(char, string, int, int)>();
        var (x, y) = (0, 0);
        void Add(char kind)
        {
            edits.Add((kind, kind == '+' ? now[y] : old[x], x, y));
            x += kind == '+' ? 0 : 1;
            y += kind == '-' ? 0 : 1;
        }

        while (x < begin)
        {
            Add(' ');
        }

        foreach (var kind in Shortest(old[begin..oldEnd], now[begin..newEnd]))
        {
            Add(kind);
        }

        while (x < old.Count)
        {
            Add(' ');
        }

        return edits;
    }

    private static IEnumerable<char> Shortest(List<string> old, List<string> now)
    {
        var most = Math.Min(MostEdits, old.Count + now.Count);
        var furthest = new int[(2 * most) + 2]; // the furthest x on each diagonal x - y
        var trace = new List<int[]>();
        for (var depth = 0; depth <= most; depth++)
        {
            trace.Add(furthest[..]);
            for (var diagonal = -depth; diagonal <= depth; diagonal += 2)
            {
                var x = diagonal == -depth || (diagonal != depth && furthest[most + diagonal - 1] < furthest[most + diagonal + 1])
                    ? furthest[most + diagonal + 1]
                    : furthest[most + diagonal - 1] + 1;
                while (x < old.Count && x - diagonal < now.Count && x - diagonal >= 0 && old[x] == now[x - diagonal])
                {
                    x++;
                }

                furthest[most + diagonal] = x;
                if (x >= old.Count && x - diagonal >= now.Count)
                {
                    return Back(trace, most, old.Count, now.Count);
                }
            }
        }

        return Enumerable.Repeat('-', old.Count).Concat(Enumerable.Repeat('+', now.Count));
    }

    private static Stack<char> Back(List<int[]> trace, int most, int x, int y)
    {
        var edits = new Stack<char>();
        for (var depth = trace.Count - 1; depth >= 0; depth--)
        {
            var (furthest, diagonal) = (trace[depth], x - y);
            var from = diagonal == -depth || (diagonal != depth && furthest[most + diagonal - 1] < furthest[most + diagonal + 1]) ? diagonal + 1 : diagonal - 1;
            var (beforeX, beforeY) = depth == 0 ? (0, 0) : (furthest[most + from], furthest[most + from] - from);
            for (; x > beforeX && y > beforeY; x--, y--)
            {
                edits.Push(' ');
            }

            if (depth > 0)
            {
                edits.Push(x == beforeX ? '+' : '-');
                (x, y) = (beforeX, beforeY);
            }
        }

        return edits;
    }
}
