using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class GraphStateTests
{
    [Fact]
    public void State_AnyOrderAndAnyRepetition_GivesTheSameSnapshot() =>
        Prop.ForAll<int, int, byte>((seed, order, limit) =>
        {
            var records = RandomShop.Records(seed);
            var again = records.Concat(records.Where((_, n) => n % 3 == 0)).ToArray();
            new Random(order).Shuffle(again);
            var maxUsers = limit % 8;
            Assert.Equal(GraphStates.Hash(GraphStates.Of(records, maxUsers), maxUsers), GraphStates.Hash(GraphStates.Of(again, maxUsers), maxUsers));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void State_AnyEvents_CountsWhatIsInTheSnapshot() =>
        Prop.ForAll<int>(seed =>
        {
            var state = GraphStates.Of(RandomShop.Records(seed));
            var info = GraphStates.Cut(state).Info;
            Assert.Equal((info.Users, info.Items, info.Interactions), (state.ActiveUsers, state.ActiveItems, state.ActivePairs));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Touch_OlderEventOfAPair_ChangesNothing()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 20, "a", 2)]);
        var before = GraphStates.Hash(state);
        GraphStates.Apply(state, ShopRecord.Touch("u", "i", 10, "b", 9));
        Assert.Equal(before, GraphStates.Hash(state));
        Assert.Equal([2f], GraphStates.Cut(state).Interactions.Weights);
    }

    [Fact]
    public void EraseUser_EventsBeforeAndAfter_KeepsThoseAfter()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "old", 10, "a"), ShopRecord.Touch("u", "new", 30, "b"), ShopRecord.Touch("v", "old", 5, "c"), ShopRecord.Erase("u", 20)]);
        var cut = GraphStates.Cut(state);
        Assert.Equal(2, cut.Interactions.Count);
        Assert.Equal("new", cut.ItemIds[cut.Interactions.ItemsOf(Array.IndexOf(cut.UserIds, "u"))[0]]);
    }

    [Fact]
    public void EraseUser_OldEventDeliveredAgain_DoesNotComeBack()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 10, "a"), ShopRecord.Erase("u", 20), ShopRecord.Touch("u", "i", 10, "a"), ShopRecord.Touch("u", "j", 20, "b")]);
        Assert.Equal(0, state.ActivePairs);
        Assert.Equal(0, state.ActiveUsers);
        Assert.False(state.UserIds.TryGet("u", out _));
        Assert.All(Enumerable.Range(0, state.UserIds.Count), u => Assert.Null(state.UserIds[u]));
    }

    [Fact]
    public void EraseUser_ItemNobodyElseTouchedOrDescribed_LeavesTheSnapshot()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 10, "a"), ShopRecord.Touch("v", "j", 10, "b"), ShopRecord.Erase("u", 20)]);
        Assert.Equal(["j"], GraphStates.Cut(state).ItemIds);
    }

    [Fact]
    public void DeleteItem_ThenDescribedAgain_BringsItsInteractionsBack()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 10, "a"), ShopRecord.Touch("v", "i", 11, "b"), ShopRecord.Touch("v", "j", 12, "c")]);
        GraphStates.Apply(state, ShopRecord.Delete("i", 20));
        var without = GraphStates.Cut(state);
        Assert.Equal(["j"], without.ItemIds);
        Assert.Equal(["v"], without.UserIds);
        GraphStates.Apply(state, ShopRecord.Describe("i", 30, "d"));
        Assert.Equal(3, GraphStates.Cut(state).Interactions.Count);
        Assert.Equal(1, GraphStates.Cut(state).UserCooccurrence.Values[0]);
    }

    [Fact]
    public void DeleteItem_OlderThanItsDescription_ChangesNothing()
    {
        var state = GraphStates.Of([ShopRecord.Describe("i", 20, "a"), ShopRecord.Delete("i", 10)]);
        Assert.Equal(1, state.ActiveItems);
    }

    [Fact]
    public void PutItem_VectorOfAnotherWidth_IsRefusedAndChangesNothing()
    {
        var state = GraphStates.Of([ShopRecord.Describe("i", 10, "a", 1, 2), ShopRecord.Describe("j", 10, "b", 3, 4)]);
        var before = GraphStates.Hash(state);
        var reason = GraphStates.Apply(state, ShopRecord.Describe("j", 20, "c", 1, 2, 3));
        Assert.Equal("features[image]: has 3 numbers; the shop's other items have 2", reason);
        Assert.Equal(before, GraphStates.Hash(state));
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
        var state = GraphStates.Of([ShopRecord.Describe("i", 10, "a", 1, 2), ShopRecord.Describe("i", 20, "b", 1, 2, 3), ShopRecord.Describe("j", 10, "c", 3, 4, 5)]);
        Assert.Equal(3, GraphStates.Cut(state).Modalities.Single().Dimension);
        Assert.Equal([true, true], GraphStates.Cut(state).Modalities.Single().Present);
    }
}
