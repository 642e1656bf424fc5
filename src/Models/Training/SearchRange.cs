using System.Globalization;

namespace Rearm.Streaming.Models.Training;

/// <summary>Where a search looks for a hyper-parameter. <see cref="ToString"/> describes it in full: two ranges that read the same are the same.</summary>
public sealed class SearchRange
{
    private readonly string _text;
    private readonly Func<Random, string> _sample;

    private SearchRange(string name, string text, Func<Random, string> sample) => (Name, _text, _sample) = (name, text, sample);

    /// <summary>The hyper-parameter.</summary>
    public string Name { get; }

    /// <summary>A value, as text.</summary>
    public string Sample(Random random) => _sample(random);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {_text}";

    /// <summary>Whole numbers, all alike.</summary>
    internal static SearchRange Whole(string name, int from, int to) =>
        new(name, $"{from} to {to}", random => Text(random.Next(from, to + 1)));

    /// <summary>Numbers in steps, all alike.</summary>
    internal static SearchRange Steps(string name, double from, double to, double step) =>
        new(name, $"{Text(from)} to {Text(to)} in steps of {Text(step)}", random => Text(from + step * random.Next((int)Math.Round((to - from) / step) + 1)));

    /// <summary>Numbers whose logarithms are all alike, to two digits.</summary>
    internal static SearchRange Log(string name, double from, double to) =>
        new(name, $"{Text(from)} to {Text(to)}, logarithmic",
            random => Math.Exp(Math.Log(from) + random.NextDouble() * Math.Log(to / from)).ToString("g2", CultureInfo.InvariantCulture));

    /// <summary>One of some values.</summary>
    internal static SearchRange Choice(string name, params object[] values)
    {
        var texts = Array.ConvertAll(values, v => v is bool flag ? (flag ? "true" : "false") : Convert.ToString(v, CultureInfo.InvariantCulture)!);
        return new(name, string.Join(", ", texts), random => texts[random.Next(texts.Length)]);
    }

    private static string Text(double value) => value.ToString("g6", CultureInfo.InvariantCulture);
}
