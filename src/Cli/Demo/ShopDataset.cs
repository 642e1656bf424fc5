using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>The demo's synthetic shop as a data set: what is sent is the train part, what is held out the test part.</summary>
internal static class ShopDataset
{
    public static Dataset Create(int seed)
    {
        var shop = SyntheticShop.Create(seed);
        string[] items = [.. shop.Items.Select(item => item.ItemId)];
        string[] users = [.. shop.Clicks.Select(click => click.UserId).Concat(shop.HeldOut.Keys).Distinct()];
        var (userNumbers, itemNumbers) = (Numbers(users), Numbers(items));
        var heldOut = shop.HeldOut.SelectMany(user => user.Value.Select(item => (User: userNumbers[user.Key], Item: itemNumbers[item]))).ToArray();
        return new()
        {
            Name = "shop",
            UserCount = users.Length,
            ItemCount = items.Length,
            UserIds = users,
            ItemIds = items,
            Train = new(
                [.. shop.Clicks.Select(click => userNumbers[click.UserId])], [.. shop.Clicks.Select(click => itemNumbers[click.ItemId])],
                [.. shop.Clicks.Select(click => click.Time.ToDateTimeOffset().ToUnixTimeMilliseconds())]),
            Test = new([.. heldOut.Select(pair => pair.User)], [.. heldOut.Select(pair => pair.Item)]),
            Features = [.. shop.Items[0].Features.Keys.Order(StringComparer.Ordinal).Select(name => Features(name, shop.Items))],
        };
    }

    private static ModalityFeatures Features(string name, IReadOnlyList<Item> items) => ModalityFeatures.FromFloats(
        name, items[0].Features[name].Values.Count, items.SelectMany(item => item.Features[name].Values).ToArray(),
        Enumerable.Repeat(true, items.Count).ToArray());

    private static Dictionary<string, int> Numbers(string[] ids) => ids.Index().ToDictionary(id => id.Item, id => id.Index);
}
