using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class GraphStateTests
{
    [Fact]
    public void State_AnyOrderWithRepetitions_GivesTheSameSnapshot() =>
        Prop.ForAll<int, int, byte>((seed, order, limit) =>
        {
            var records = Shop.Records(seed);
            var again = records.Concat(records.Where((_, n) => n % 3 == 0)).ToArray();
            new Random(order).Shuffle(again);
            var maxUsers = limit % 8;
            Assert.Equal(Shop.Hash(Shop.Build(records, maxUsers), maxUsers), Shop.Hash(Shop.Build(again, maxUsers), maxUsers));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void State_AnyEvents_CountsWhatTheSnapshotHolds() =>
        Prop.ForAll<int>(seed =>
        {
            var state = Shop.Build(Shop.Records(seed));
            var info = Shop.Cut(state).Info;
            Assert.Equal((info.Users, info.Items, info.Interactions), (state.ActiveUsers, state.ActiveItems, state.ActivePairs));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Touch_OlderEventOfAPair_ChangesNothing()
    {
        var state = Shop.Build([Shop.Touch("u", "i", 20, "a", 2)]);
        var before = Shop.Hash(state);
        Shop.Apply(state, Shop.Touch("u", "i", 10, "b", 9));
        Assert.Equal(before, Shop.Hash(state));
        Assert.Equal([2f], Shop.Cut(state).Interactions.Weights);
    }

    [Fact]
    public void EraseUser_EventsBeforeAndAfter_KeepsThoseAfter()
    {
        var state = Shop.Build([Shop.Touch("u", "old", 10, "a"), Shop.Touch("u", "new", 30, "b"), Shop.Touch("v", "old", 5, "c"), Shop.Erase("u", 20)]);
        var cut = Shop.Cut(state);
        Assert.Equal(2, cut.Interactions.Count);
        Assert.Equal("new", cut.ItemIds[cut.Interactions.ItemsOf(Array.IndexOf(cut.UserIds, "u"))[0]]);
    }

    [Fact]
    public void EraseUser_OldEventDeliveredAgain_DoesNotComeBack()
    {
        var state = Shop.Build([Shop.Touch("u", "i", 10, "a"), Shop.Erase("u", 20), Shop.Touch("u", "i", 10, "a"), Shop.Touch("u", "j", 20, "b")]);
        Assert.Equal(0, state.ActivePairs);
        Assert.Equal(0, state.ActiveUsers);
        Assert.False(state.UserIds.TryGet("u", out _));
        Assert.All(Enumerable.Range(0, state.UserIds.Count), u => Assert.Null(state.UserIds[u]));
    }

    [Fact]
    public void EraseUser_ItemNobodyElseTouchedOrDescribed_LeavesTheSnapshot()
    {
        var state = Shop.Build([Shop.Touch("u", "i", 10, "a"), Shop.Touch("v", "j", 10, "b"), Shop.Erase("u", 20)]);
        Assert.Equal(["j"], Shop.Cut(state).ItemIds);
    }

    [Fact]
    public void DeleteItem_ThenDescribedAgain_BringsItsInteractionsBack()
    {
        var state = Shop.Build([Shop.Touch("u", "i", 10, "a"), Shop.Touch("v", "i", 11, "b"), Shop.Touch("v", "j", 12, "c")]);
        Shop.Apply(state, Shop.Delete("i", 20));
        var without = Shop.Cut(state);
        Assert.Equal(["j"], without.ItemIds);
        Assert.Equal(["v"], without.UserIds);
        Shop.Apply(state, Shop.Describe("i", 30, "d"));
        Assert.Equal(3, Shop.Cut(state).Interactions.Count);
        Assert.Equal(1, Shop.Cut(state).UserCooccurrence.Values[0]);
    }

    [Fact]
    public void DeleteItem_OlderThanItsDescription_ChangesNothing()
    {
        var state = Shop.Build([Shop.Describe("i", 20, "a"), Shop.Delete("i", 10)]);
        Assert.Equal(1, state.ActiveItems);
    }

    [Fact]
    public void PutItem_VectorOfAnotherWidth_IsRefusedAndChangesNothing()
    {
        var state = Shop.Build([Shop.Describe("i", 10, "a", null, 1, 2), Shop.Describe("j", 10, "b", null, 3, 4)]);
        var before = Shop.Hash(state);
        var reason = Shop.Apply(state, Shop.Describe("j", 20, "c", null, 1, 2, 3));
        Assert.Equal("features[image]: has 3 numbers; the shop's other items have 2", reason);
        Assert.Equal(before, Shop.Hash(state));
    }

    [Fact]
    public void Mismatch_MoreModalitiesThanAShopMayHave_IsRefused()
    {
        var held = new ModalityDimensions();
        var nothing = ItemState.Undescribed;
        ItemState With(string modality) => new() { Time = 1, Features = new Dictionary<string, float[]> { [modality] = [1] } };
        for (var m = 0; m < ModalityDimensions.MaxModalities; m++)
            held.Replace(nothing, With($"m{m}"));

        Assert.Null(held.Mismatch(nothing, With("m0")));
        Assert.Equal("features: 1 more modalities on top of the 32 that the shop has; at most 32", held.Mismatch(nothing, With("one-more")));
    }

    [Fact]
    public void PutItem_OnlyHolderOfAWidth_MayChangeIt()
    {
        var state = Shop.Build([Shop.Describe("i", 10, "a", null, 1, 2), Shop.Describe("i", 20, "b", null, 1, 2, 3), Shop.Describe("j", 10, "c", null, 3, 4, 5)]);
        Assert.Equal(3, Shop.Cut(state).Modalities.Single().Dimension);
        Assert.Equal([true, true], Shop.Cut(state).Modalities.Single().Present);
    }
}
