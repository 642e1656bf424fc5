using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Experiments;

public class ExperimentSplitTests
{
    private const int Users = 20_000;

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void IsTreated_ManyUsers_AreTheShare(double share)
    {
        var treated = Treated("e1", share).Count;

        // Five standard deviations.
        Assert.InRange(treated, Users * share - 5 * Math.Sqrt(Users * share * (1 - share)), Users * share + 5 * Math.Sqrt(Users * share * (1 - share)));
    }

    [Fact]
    public void IsTreated_SameExperiment_IsTheSameEveryTime() => Assert.Equal(Treated("e1", 0.3), Treated("e1", 0.3));

    // Golden: a Server of another release must put them in the same arms.
    [Theory]
    [InlineData("ada", false)]
    [InlineData("u1", false)]
    [InlineData("u2", true)]
    [InlineData("Ωmega", false)]
    public void IsTreated_KnownUsers_AreWhereTheyWere(string user, bool treated) =>
        Assert.Equal(treated, Split("e1", 0.5).IsTreated(user));

    [Fact]
    public void IsTreated_AnotherExperiment_SaysNothingAboutTheFirst()
    {
        var both = Treated("e1", 0.5).Intersect(Treated("e2", 0.5)).Count();

        Assert.InRange(both, Users / 4 - 5 * 62, Users / 4 + 5 * 62);
    }

    [Fact]
    public void IsTreated_MoreUsers_KeepTheirs() => Assert.Subset(Treated("e1", 0.2), Treated("e1", 0.1));

    [Fact]
    public void IsTreated_SomebodyUnknown_IsInTheControl() => Assert.False(Split("e1", 0.999999).IsTreated(""));

    private static HashSet<string> Treated(string id, double share)
    {
        var split = Split(id, share);
        return [.. Enumerable.Range(0, Users).Select(u => $"u{u}").Where(split.IsTreated)];
    }

    private static ExperimentSplit Split(string id, double share) => new(new Experiment { Id = id, Share = share });
}
