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
    /// The only address, e.g. https://pictures.shop.example, from which the browser may load items' pictures (their attribute image_url), besides the Server's own.
    /// Empty: any.
    /// </summary>
    public string PictureOrigin { get; set; } = "";

    /// <summary>What is wrong with these.</summary>
    internal IEnumerable<ValidationResult> Problems()
    {
        (string Name, string Address)[] addresses =
            [(nameof(Ingestor), Ingestor), (nameof(GraphBuilder), GraphBuilder), (nameof(Trainer), Trainer), (nameof(PictureOrigin), PictureOrigin)];
        foreach (var (name, address) in addresses)
            if (address.Length > 0 && Http(address) is not { PathAndQuery: "/", UserInfo: "", Fragment: "" })
                yield return new($"{Section}:{name} is \"{address}\"; an address such as http://127.0.0.1:7022 is needed, without a path.", [name]);
    }

    private static Uri? Http(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
}
