namespace Rearm.Streaming.Ingestor.Http;

/// <summary>Finds the name that somebody meant by one that there is not.</summary>
internal static class FieldNames
{
    private const int MaxQuoted = 64;

    // What others call these fields, without '_' and case.
    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["timestamp"] = "time",
        ["ts"] = "time",
        ["date"] = "time",
        ["datetime"] = "time",
        ["eventtime"] = "time",
        ["createdat"] = "time",
        ["uid"] = "user_id",
        ["user"] = "user_id",
        ["customerid"] = "user_id",
        ["visitorid"] = "user_id",
        ["item"] = "item_id",
        ["productid"] = "item_id",
        ["sku"] = "item_id",
        ["id"] = "event_id",
        ["event"] = "type",
        ["eventtype"] = "type",
        ["feedbacktype"] = "type",
        ["action"] = "type",
        ["rating"] = "weight",
        ["value"] = "weight",
        ["session"] = "session_id",
        ["properties"] = "attributes",
        ["metadata"] = "attributes",
        ["category"] = "categories",
        ["labels"] = "categories",
        ["tags"] = "categories",
        ["embedding"] = "features",
        ["embeddings"] = "features",
        ["vectors"] = "features",
    };

    private static readonly HashSet<string> Opposites = new(StringComparer.Ordinal) { "ishidden", "hidden", "deleted", "outofstock" };

    /// <summary>A name as it may be shown: whole, unless somebody sent a very long one.</summary>
    public static string Quoted(string name) => name.Length <= MaxQuoted ? $"\"{name}\"" : $"\"{name[..MaxQuoted]}...\"";

    /// <summary>What to say after "unknown field": the known names, and the one that may be meant.</summary>
    /// <param name="unknown">The name.</param>
    /// <param name="of">What has the fields, e.g. "an interaction".</param>
    /// <param name="known">The names it has.</param>
    public static string Advice(string unknown, string of, IReadOnlyList<string> known)
    {
        var has = $"{of} has {string.Join(", ", known)}";
        var plain = Plain(unknown);
        if (Opposites.Contains(plain) && known.Contains("available"))
            return $"{has}. To hide an item, set \"available\": false";
        var meant = OtherNames.TryGetValue(plain, out var other) && known.Contains(other)
            ? other
            : known.Where(name => Distance(Plain(name), plain) <= 2).MinBy(name => Distance(Plain(name), plain));
        return meant is null ? has : $"{has}. Is \"{meant}\" meant?";
    }

    private static string Plain(string name) =>
        string.Concat(name[..Math.Min(name.Length, MaxQuoted)].Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    // Levenshtein's: insertions, deletions and replacements.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[b.Length];
    }
}
