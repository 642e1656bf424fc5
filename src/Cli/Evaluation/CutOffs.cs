using System.CommandLine;
using System.Globalization;
using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Cli.Evaluation;

/// <summary>Cut-offs of Recall and NDCG on the command line, as 5,50.</summary>
internal static class CutOffs
{
    private const string Name = "--cutoffs";

    public static Option<int[]> Option() => new(Name)
    {
        Description = $"Measure Recall and NDCG at these cut-offs too, besides 10 and 20; each 1 to {RankingEvaluator.Deepest}",
        HelpName = "n,n",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var numbers = new List<int>();
            foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= RankingEvaluator.Deepest)
                    numbers.Add(number);
                else
                    result.AddError($"{Name} has \"{text}\"; whole numbers from 1 to {RankingEvaluator.Deepest} with commas between are needed.");
            return [.. numbers];
        },
    };
}
