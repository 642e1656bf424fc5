using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>
/// Random search (Bergstra and Bengio, JMLR 2012) around what there is: the first trial is the model as it is; each other one draws about half of the
/// hyper-parameters anew. With twenty of them and a few dozen trials, drawing all would hardly ever come near a good start. A trial depends on the seed and
/// its number alone.
/// </summary>
internal sealed class TrialSampler(IReadOnlyList<SearchRange> ranges, int seed)
{
    private const double ShareDrawn = 0.5;

    public Trial Get(int number)
    {
        var parameters = new Dictionary<string, string>();
        var random = new Random(HashOf(seed, number));
        foreach (var range in number == 0 ? [] : ranges)
        {
            var value = range.Sample(random);
            if (random.NextDouble() < ShareDrawn)
                parameters[range.Name] = value;
        }
        // The model as it is has been tried.
        if (number > 0 && parameters.Count == 0)
            parameters[ranges[number % ranges.Count].Name] = ranges[number % ranges.Count].Sample(random);
        return new(number, parameters);
    }

    private static int HashOf(int seed, int number) => unchecked((seed * 1_000_003) ^ (number * 7_919));
}
