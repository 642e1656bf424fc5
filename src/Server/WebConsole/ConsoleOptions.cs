using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Server.WebConsole;

/// <summary>The console: a page at the HTTP port that shows and steers the pipeline (configuration section "Server:Console").</summary>
public sealed class ConsoleOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Server:Console";

    /// <summary>Whether the page is served, at /console/.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>An Ingestor's HTTP address, e.g. http://ingestor:7002, to which the console's clicks are passed on. Empty: it sends none.</summary>
    public string Ingestor { get; set; } = "";

    /// <summary>A GraphBuilder's HTTP address, e.g. http://graph-builder:7012, which the console asks for its status and for snapshots. Empty: it does not.</summary>
    public string GraphBuilder { get; set; } = "";

    /// <summary>The Trainer's HTTP address, e.g. http://trainer:7022, which the console asks for its status and for training. Empty: it does not.</summary>
    public string Trainer { get; set; } = "";

    /// <summary>
    /// Where the console finds an item's picture, e.g. https://shop.example/pictures/{id}.jpg: {id} stands for the item's id, percent-encoded. Empty: it draws a tile.
    /// </summary>
    public string ItemPictures { get; set; } = "";

    /// <summary>What is wrong with these.</summary>
    internal IEnumerable<ValidationResult> Problems()
    {
        foreach (var (name, address) in new[] { (nameof(Ingestor), Ingestor), (nameof(GraphBuilder), GraphBuilder), (nameof(Trainer), Trainer) })
            if (address.Length > 0 && Http(address) is not { PathAndQuery: "/", UserInfo: "", Fragment: "" })
                yield return new($"{Section}:{name} is \"{address}\"; an address such as http://127.0.0.1:7022 is needed, without a path.", [name]);
        // The host is where the browser is let fetch pictures from, so it may not depend on the item.
        if (ItemPictures.Length > 0
            && (Http(ItemPictures) is not { } pictures || !ItemPictures.Contains("{id}", StringComparison.Ordinal) || pictures.Authority.Contains('{', StringComparison.Ordinal)))
            yield return new(
                $"{Section}:{nameof(ItemPictures)} is \"{ItemPictures}\"; an address with {{id}} in its path such as https://shop.example/{{id}}.jpg is needed.", [nameof(ItemPictures)]);
    }

    private static Uri? Http(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
}
