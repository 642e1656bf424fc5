using System.Globalization;
using Cloud.Unum.USearch;

namespace Rearm.Streaming.Benchmarks.Approximate;

/// <summary>What an index is like.</summary>
/// <param name="IsLifted">
/// Whether one more number makes all items equally long, which makes nearest neighbours of the greatest inner products (Y. Bachrach et al., "Speeding Up the
/// Xbox Recommender System Using a Euclidean Transformation for Inner-Product Spaces", RecSys 2014, https://doi.org/10.1145/2645710.2645741). Otherwise
/// items are as they are.
/// </param>
/// <param name="Kind">What is kept of a number.</param>
/// <param name="Threads">That build it.</param>
/// <param name="ExpansionAdd">Neighbours looked at when a row is added.</param>
/// <param name="Connectivity">Neighbours that are kept.</param>
internal sealed record IndexWay(bool IsLifted, ScalarKind Kind, int Threads, int ExpansionAdd, int Connectivity)
{
    /// <summary>
    /// Reads <c>lifted-f16-2-64-16</c>: plain or lifted; f32, f16 or i8; threads, expansion and connectivity, which are 1, 128 and 16 where they are left out.
    /// </summary>
    /// <exception cref="FormatException">It is not like that.</exception>
    public static IndexWay Parse(string text)
    {
        var parts = text.Split('-');
        return new(
            parts[0] switch
            {
                "plain" => false,
                "lifted" => true,
                var other => throw new FormatException($"An index is \"plain\" or \"lifted\", not \"{other}\"."),
            },
            parts.ElementAtOrDefault(1) switch
            {
                "f32" => ScalarKind.Float32,
                "f16" => ScalarKind.Float16,
                "i8" => ScalarKind.Int8,
                var other => throw new FormatException($"Numbers are kept as f32, f16 or i8, not \"{other}\"."),
            },
            Number(2, 1),
            Number(3, 128),
            Number(4, 16));

        int Number(int at, int otherwise) => at < parts.Length ? int.Parse(parts[at], CultureInfo.InvariantCulture) : otherwise;
    }
}
