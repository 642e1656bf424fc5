using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Rearm;

/// <summary>A shop of two departments, in which some users bought in one and only looked around in the other.</summary>
public class WeightedInteractionsTests
{
    private const int PureUsers = 160;
    private const int MixedUsers = 60;
    private const int ItemsPerDepartment = 15;

    [Theory]
    [InlineData(1000, 0.001)]
    [InlineData(5, 1)]
    public void Fit_PurchasesInOneDepartmentViewsInTheOther_TheWeightsDecideWhatIsRecommended(float heavy, float light)
    {
        var weighted = ShareOfHeavyDepartment(heavy, light);
        var unweighted = ShareOfHeavyDepartment(1, 1);
        Assert.InRange(unweighted, 0.4, 0.6);
        Assert.True(weighted > 0.8, $"The heavy department has {weighted:0.000} of the places; {unweighted:0.000} without weights.");
    }

    private static double ShareOfHeavyDepartment(float heavy, float light)
    {
        var random = new Random(5);
        var pairs = new List<InteractionPair>();
        void Touch(int user, int department, int count, float weight)
        {
            var items = Enumerable.Range(0, ItemsPerDepartment).ToArray();
            random.Shuffle(items);
            pairs.AddRange(items.Take(count).Select(i => new InteractionPair(user, department * ItemsPerDepartment + i, pairs.Count, weight)));
        }
        for (var user = 0; user < PureUsers; user++)
            Touch(user, user % 2, 6, heavy);
        for (var user = PureUsers; user < PureUsers + MixedUsers; user++)
            for (var department = 0; department < 2; department++)
                Touch(user, department, 4, department == user % 2 ? heavy : light);

        var items = 2 * ItemsPerDepartment;
        var snapshot = SnapshotAssembler.Assemble(
            new SnapshotContent
            {
                UserIds = [.. Enumerable.Range(0, PureUsers + MixedUsers).Select(u => $"u{u}")],
                ItemIds = [.. Enumerable.Range(0, items).Select(i => $"i{i}")],
                Categories = [.. Enumerable.Repeat(Array.Empty<string>(), items)],
                Available = [.. Enumerable.Repeat(true, items)],
                Interactions = InteractionPairs.ToMatrix(PureUsers + MixedUsers, pairs),
                Modalities = [],
            },
            new GraphSettings());
        var data = TrainingData.HoldOutNewest(snapshot, maxUsers: 100);
        using var rearm = new RearmRecommender(data, SmallRearm.HyperParameters with { MaxEpochs = 15, Patience = 15 }, null, 1, CPU);
        rearm.Fit(new() { Validation = data.Validation() }, CancellationToken.None);

        var scores = new float[items];
        var inHeavy = 0;
        for (var user = PureUsers; user < PureUsers + MixedUsers; user++)
        {
            rearm.Score([user], scores);
            inHeavy += Enumerable.Range(0, items).Where(i => snapshot.Interactions.ItemsOf(user).BinarySearch(i) < 0)
                .OrderByDescending(i => scores[i]).Take(10).Count(i => i / ItemsPerDepartment == user % 2);
        }
        return inHeavy / (10.0 * MixedUsers);
    }
}
