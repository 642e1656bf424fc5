using System.Globalization;
using System.Xml.Linq;

namespace Rearm.Streaming.Cli.Plots;

/// <summary>What plots are made of. Nothing is filled behind them, and their colours can be read on white and on black.</summary>
internal static class SvgElements
{
    public const int Width = 720;
    public const int PanelHeight = 200;
    public const int Left = 80;
    public const int Top = 44;
    public const int Gap = 28;

    /// <summary>Width of what lies between the axis and the legend.</summary>
    public const int Inner = Width - Left - Right;

    private const int Right = 150;
    private const string Ink = "#808080";

    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly string[] Colours = ["#2f86d6", "#e0701d", "#3a9d5d", "#c2489a", "#9a7d0a", "#7a6ad8", "#d0454c", "#148f99"];

    /// <summary>The colour of a series by its number.</summary>
    public static string Colour(int series) => Colours[series % Colours.Length];

    /// <summary>The picture, with its title above it.</summary>
    /// <param name="title">The title, also for who can't see it.</param>
    /// <param name="description">What it shows, for who can't see it.</param>
    /// <param name="height">In pixels.</param>
    public static XElement Root(string title, string description, int height) => new(Svg + "svg",
        new XAttribute("viewBox", $"0 0 {Width} {height}"), new XAttribute("width", Width), new XAttribute("height", height), new XAttribute("role", "img"),
        new XAttribute("font-family", "sans-serif"), new XAttribute("font-size", 12), new XAttribute("fill", Ink),
        new XElement(Svg + "title", title), new XElement(Svg + "desc", description),
        Text(Left + Inner / 2, Top - 20, "middle", title, new XAttribute("font-size", 15)));

    /// <summary>A vertical axis with its rules and its name.</summary>
    public static IEnumerable<XElement> VerticalAxis(Axis axis, string label, int top)
    {
        foreach (var tick in axis.Ticks)
        {
            var y = top + PanelHeight * (1 - axis.Share(tick));
            yield return Rule(Left, y, Left + Inner, y);
            yield return Text(Left - 8, y + 4, "end", axis.Text(tick));
        }
        yield return Text(0, 0, "middle", label, new XAttribute("transform", $"translate(16 {top + PanelHeight / 2}) rotate(-90)"));
    }

    public static XElement Rule(double x1, double y1, double x2, double y2) => new(
        Svg + "line", At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2), new XAttribute("stroke", Ink), new XAttribute("stroke-opacity", 0.3));

    public static XElement Text(double x, double y, string anchor, string text, params XAttribute[] more) =>
        new(Svg + "text", At("x", x), At("y", y), new XAttribute("text-anchor", anchor), more, text);

    public static XAttribute At(string name, double value) => new(name, Number(value));

    /// <summary>A coordinate.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A value as people read it, with four digits that tell something.</summary>
    public static string Value(double value) => Math.Abs(value) >= 1000
        ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString(Math.Abs(value) >= 1 ? "0.##" : "0.####", CultureInfo.InvariantCulture);
}
