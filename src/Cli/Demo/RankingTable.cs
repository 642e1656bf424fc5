using System.Globalization;
using Rearm.Streaming.Contracts.V1;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Two rankings side by side, and what has moved.</summary>
internal sealed class RankingTable(IEnumerable<Item> catalogue)
{
    private readonly Dictionary<string, Item> _items = catalogue.ToDictionary(i => i.ItemId);

    /// <summary>"Classic Tent (Camping)", or the id where the catalogue has no title.</summary>
    public string Describe(string item)
    {
        if (!_items.TryGetValue(item, out var known))
            return item;
        var title = known.Attributes.GetValueOrDefault("title", item);
        return known.Categories.Count == 0 ? title : $"{title} ({string.Join(", ", known.Categories)})";
    }

    /// <summary>The table; items of the second ranking are marked new, up or down, and those missing from it gone.</summary>
    public Table Compare(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "before", "", "after", "");
        for (var row = 0; row < Math.Max(before.Count, after.Count); row++)
        {
            var left = before.ElementAtOrDefault(row);
            var right = after.ElementAtOrDefault(row);
            table.AddRow(
                (row + 1).ToString(CultureInfo.InvariantCulture),
                left is null ? "" : Markup.Escape(Describe(left)),
                left is null || after.Contains(left) ? "" : "[red]gone[/]",
                right is null ? "" : Markup.Escape(Describe(right)),
                right is null ? "" : Move(before, right, row));
        }
        return table;
    }

    internal static string Move(IReadOnlyList<string> before, string item, int now)
    {
        for (var was = 0; was < before.Count; was++)
            if (before[was] == item)
                return was == now ? "" : was > now ? $"[green]up {was - now}[/]" : $"[yellow]down {now - was}[/]";
        return "[green]new[/]";
    }
}
