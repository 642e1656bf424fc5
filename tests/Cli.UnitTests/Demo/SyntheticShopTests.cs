using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Contracts.Events;

namespace Rearm.Streaming.Cli.UnitTests.Demo;

public class SyntheticShopTests
{
    private readonly DemoData _shop = SyntheticShop.Create(1);

    [Fact]
    public void Create_SameSeed_IsTheSameShop()
    {
        var again = SyntheticShop.Create(1);

        Assert.Equal(_shop.Items, again.Items);
        Assert.Equal(_shop.Clicks, again.Clicks);
        Assert.Equal(_shop.HeldOut, again.HeldOut);
    }

    [Fact]
    public void Create_AnotherSeed_IsAnotherShop() =>
        Assert.NotEqual(_shop.Clicks, SyntheticShop.Create(2).Clicks);

    [Fact]
    public void Create_AllEvents_AreValid()
    {
        Assert.All(_shop.Items, item => Assert.Null(EventRules.Check(item, DateTimeOffset.UtcNow)));
        Assert.All(_shop.Clicks, click => Assert.Null(EventRules.Check(click, DateTimeOffset.UtcNow)));
    }

    [Fact]
    public void Create_AllIds_AreUnique()
    {
        Assert.Distinct(_shop.Items.Select(i => i.ItemId));
        Assert.Distinct(_shop.Items.Select(i => i.EventId).Concat(_shop.Clicks.Select(c => c.EventId)));
    }

    [Fact]
    public void HeldOut_Clicks_AreNeverSent()
    {
        var sent = _shop.Clicks.Select(c => (c.UserId, c.ItemId)).ToHashSet();

        Assert.All(_shop.HeldOut, user =>
        {
            Assert.NotEmpty(user.Value);
            Assert.All(user.Value, item => Assert.DoesNotContain((user.Key, item), sent));
        });
    }

    [Fact]
    public void StoryUser_HasNothingHeldOut_AndHasNotClickedTheStorysItem()
    {
        Assert.DoesNotContain(_shop.StoryUser, _shop.HeldOut.Keys);
        Assert.DoesNotContain(_shop.Clicks, c => c.UserId == _shop.StoryUser && c.ItemId == _shop.StoryClick);
        Assert.Contains(_shop.Items, i => i.ItemId == _shop.StoryClick);
    }

    [Fact]
    public void Clicks_OfAUser_FollowTheUsersTwoTastes()
    {
        var department = _shop.Items.ToDictionary(i => i.ItemId, i => i.Categories.Single());

        var share = _shop.Clicks.GroupBy(c => c.UserId).Average(user =>
            user.CountBy(c => department[c.ItemId]).OrderByDescending(d => d.Value).Take(2).Sum(d => d.Value) / (double)user.Count());

        // Without a taste, two of eight departments would have a quarter of the clicks.
        Assert.InRange(share, 0.6, 0.95);
    }

    [Theory]
    [InlineData("image")]
    [InlineData("text")]
    public void Features_OfOneDepartment_AreNearerThanThoseOfAnother(string modality)
    {
        var vectors = _shop.Items.Select(i => (Department: i.Categories.Single(), Vector: i.Features[modality].Values.ToArray())).ToArray();
        double same = 0, other = 0;
        int sames = 0, others = 0;
        foreach (var (i, a) in vectors.Index())
            foreach (var b in vectors[..i])
                if (a.Department == b.Department)
                    (same, sames) = (same + Cosine(a.Vector, b.Vector), sames + 1);
                else
                    (other, others) = (other + Cosine(a.Vector, b.Vector), others + 1);

        Assert.True(same / sames > other / others + 0.3, $"{same / sames:0.00} within, {other / others:0.00} between");
    }

    private static double Cosine(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
