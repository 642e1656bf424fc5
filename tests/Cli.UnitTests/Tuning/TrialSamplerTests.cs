using System.Globalization;
using Rearm.Streaming.Cli.Tuning;
using Rearm.Streaming.Models;

namespace Rearm.Streaming.Cli.UnitTests.Tuning;

public class TrialSamplerTests
{
    public static TheoryData<string> Tunable => [.. ModelCatalogue.All.Where(m => m.Ranges.Count > 0).Select(m => m.Name), "rearm+ials"];

    [Theory]
    [MemberData(nameof(Tunable))]
    public void Get_AnyTrialOfAnyModel_IsWhatTheModelAccepts(string name)
    {
        var model = ModelCatalogue.Get(name);
        var sampler = new TrialSampler(model.Ranges, seed: 1);
        for (var trial = 0; trial < 200; trial++)
            model.Check(new() { Parameters = sampler.Get(trial).Parameters });
    }

    [Fact]
    public void Get_FirstTrial_IsTheModelAsItIs()
    {
        Assert.Empty(Sampler(1).Get(0).Parameters);
        Assert.All(Enumerable.Range(1, 100), trial => Assert.NotEmpty(Sampler(1).Get(trial).Parameters));
    }

    [Fact]
    public void Get_SameSeedAndNumber_IsTheSameWhateverCameBefore()
    {
        var sampler = Sampler(3);
        sampler.Get(1);
        Assert.Equal(Sampler(3).Get(7).Parameters, sampler.Get(7).Parameters);
        Assert.NotEqual(Sampler(4).Get(7).Parameters, sampler.Get(7).Parameters);
    }

    [Fact]
    public void Get_ManyTrials_CoverTheRangesLogarithmically()
    {
        var rates = Enumerable.Range(1, 2000).Select(n => Sampler(1).Get(n).Parameters.GetValueOrDefault("learning_rate")).OfType<string>()
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToList();

        Assert.InRange(rates.Count, 900, 1100);
        Assert.All(rates, rate => Assert.InRange(rate, 3e-4, 3e-2));
        Assert.InRange(rates.Count(rate => rate < 3e-3) / (double)rates.Count, 0.45, 0.55);
    }

    private static TrialSampler Sampler(int seed) => new(ModelCatalogue.Get("bpr").Ranges, seed);
}
