using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class GraphStateTests
{
    [Fact]
    public void State_AnyInterleavingOfKeysAndRetries_GivesTheSameSnapshot() =>
        Prop.ForAll<int, int>((seed, order) =>
        {
            var records = RandomShop.Records(seed);
            Assert.Equal(GraphStates.Hash(GraphStates.Of(records)), GraphStates.Hash(GraphStates.Of(Delivery.Of(records, order))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void State_UsersInAnyNumberOfShards_GivesTheSameSnapshot() =>
        Prop.ForAll<int, byte>((seed, more) =>
        {
            var records = RandomShop.Records(seed);
            var (one, several) = (GraphStates.Of(records), GraphStates.Of(records, 2 + more % 5));
            Assert.Equal(GraphStates.Hash(one), GraphStates.Hash(several));
            Assert.Equal(Counts(one), Counts(several));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Remove_OneOfTheShards_LeavesWhatTheOthersAloneWouldBe() =>
        Prop.ForAll<int>(seed =>
        {
            var records = RandomShop.Records(seed);
            var state = GraphStates.Of(records, 3);
            state.Remove(state.Shard(1));
            var others = GraphStates.Of(records.Where(r => r.IsItem || GraphStates.PartitionOf(r, 3) != 1), 3);
            Assert.Equal(GraphStates.Hash(others), GraphStates.Hash(state));
            Assert.Equal(Counts(others), Counts(state));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void StartCounting_AtAnyTime_CountsEachItemsUsersFromThenOn() =>
        Prop.ForAll<int, byte>((seed, at) =>
        {
            var records = RandomShop.Records(seed);
            var state = GraphStates.Empty(2);
            for (var n = 0; n < records.Count; n++)
            {
                if (n == records.Count * at / 256)
                    state.Shard(1).StartCounting();
                Assert.Null(GraphStates.Apply(state, records[n], GraphStates.PartitionOf(records[n], 2)));
            }
            state.Remove(state.Shard(0));
            Assert.All(Enumerable.Range(0, state.ItemIds.Count), i => Assert.Equal(state.UsersOf(i), state.Shard(1).Counts![i]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Touch_EventsOfTheFirstMomentOf1970_AreTakenLikeAnyOthers()
    {
        // The first of an unknown user, and those that follow.
        var state = GraphStates.Empty();
        foreach (var item in new[] { "a", "b", "c" })
            Assert.True(state.Shard(0).Touch("u", item, PairKind.Positive, 1, time: 0));
        Assert.Equal(3, state.ActivePairs);
    }

    [Fact]
    public void Shard_OfAnotherProcess_SaysSo() =>
        Assert.Contains("it has 0", Assert.Throws<InvalidOperationException>(() => GraphStates.Apply(GraphStates.Empty(), ShopRecord.Touch("u", "i", 1, "a"), 3)).Message);

    [Fact]
    public void State_AnyEvents_CountsWhatIsInTheSnapshot() =>
        Prop.ForAll<int>(seed =>
        {
            var state = GraphStates.Of(RandomShop.Records(seed));
            var snapshot = GraphStates.Cut(state);
            Assert.Equal((snapshot.Info.Items, snapshot.Info.Interactions), (state.ActiveItems, state.ActivePairs));
            Assert.Equal(Enumerable.Range(0, state.ItemIds.Count).Count(i => state.Item(i).Hidden), state.HiddenItems);
            Assert.Equal(
                Enumerable.Range(0, state.Shard(0).UserIds.Count).Count(u => state.Shard(0).PairsOf(u).ToArray().Any(p => p.IsPositive)), state.ActiveUsers);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Freeze_EventsAfterwards_DoNotReachThePicture() =>
        Prop.ForAll<int, byte>((seed, at) =>
        {
            var records = RandomShop.Records(seed);
            var cut = records.Count * at / 256;
            var state = GraphStates.Of(records.Take(cut));
            var picture = state.Freeze();
            foreach (var record in records.Skip(cut))
                Assert.Null(GraphStates.Apply(state, record));
            Assert.Equal(GraphStates.Hash(GraphStates.Of(records.Take(cut))), GraphStates.Cut(picture).Info.Hash);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Touch_SeveralPositiveEvents_CountsTheGreatestWeightAndTheNewestTime()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 20, "a", type: "purchase"), ShopRecord.Touch("u", "i", 30, "b", type: "view"), ShopRecord.Touch("u", "i", 10, "c", type: "cart")]);
        var cut = GraphStates.Cut(state).Interactions;
        Assert.Equal([5f], cut.Weights);
        Assert.Equal([ShopRecord.At(30).Seconds * 1000], cut.Times);
    }

    [Fact]
    public void Touch_EventsOwnWeight_MultipliesTheTypes()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 20, "a", 2, "cart"), ShopRecord.Touch("u", "j", 20, "b", 0.5f, "unheard-of")]);
        Assert.Equal([6f, 0.5f], GraphStates.Cut(state).Interactions.Weights);
    }

    [Theory]
    [InlineData("dislike")]
    [InlineData("return")]
    [InlineData("retract")]
    public void Touch_NegativeAfterPositive_TakesThePairOutUntilANewerPositive(string type)
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 10, "a", type: "purchase"), ShopRecord.Touch("v", "i", 10, "b"), ShopRecord.Touch("u", "i", 20, "c", type: type)]);
        Assert.Equal(["v"], GraphStates.Cut(state).UserIds);
        GraphStates.Apply(state, ShopRecord.Touch("u", "i", 15, "late"));
        Assert.Equal(["v"], GraphStates.Cut(state).UserIds);
        GraphStates.Apply(state, ShopRecord.Touch("u", "i", 30, "again"));
        Assert.Equal([1f, 1f], GraphStates.Cut(state).Interactions.Weights);
    }

    [Fact]
    public void Touch_NegativeAndPositiveOfTheSameTime_IsNegativeInEitherOrder()
    {
        ShopRecord[] both = [ShopRecord.Touch("u", "i", 10, "a"), ShopRecord.Touch("u", "i", 10, "b", type: "dislike")];
        Assert.All([both, [.. both.Reverse()]], (IEnumerable<ShopRecord> records) => Assert.Equal(0, GraphStates.Of(records).ActivePairs));
    }

    [Fact]
    public void Touch_IgnoredType_ChangesNothing()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 10, "a", type: "impression")]);
        Assert.Equal((1, 0), (state.Version, state.Shard(0).UserIds.Count));
    }

    [Fact]
    public void EraseUser_EventsBeforeItInTheLog_AreGoneWhateverTheirTime()
    {
        var state = GraphStates.Of([
            ShopRecord.Touch("u", "old", 10, "a"), ShopRecord.Touch("u", "stamped-late", 30, "b"), ShopRecord.Touch("v", "old", 5, "c"), ShopRecord.Erase("u", 20),
            ShopRecord.Touch("u", "new", 40, "d")]);
        var cut = GraphStates.Cut(state);
        Assert.Equal(2, cut.Interactions.Count);
        Assert.Equal("new", cut.ItemIds[cut.Interactions.ItemsOf(Array.IndexOf(cut.UserIds, "u"))[0]]);
    }

    [Fact]
    public void EraseUser_AnyEventsBefore_EqualsAHistoryWithoutTheUser() =>
        Prop.ForAll<int>(seed =>
        {
            var records = RandomShop.Records(seed);
            var without = records.Where(r => r.IsItem || r.Key != "u1");
            Assert.Equal(GraphStates.Hash(GraphStates.Of(without)), GraphStates.Hash(GraphStates.Of(records.Append(ShopRecord.Erase("u1", 1)))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EraseUser_OldEventDeliveredAgain_DoesNotComeBackAndTheIdIsForgotten()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 30, "a"), ShopRecord.Erase("u", 20), ShopRecord.Touch("u", "i", 30, "a"), ShopRecord.Touch("u", "j", 20, "b")]);
        Assert.Equal((0L, 0), (state.ActivePairs, state.ActiveUsers));
        Assert.False(state.Shard(0).UserIds.TryGet("u", out _));
        Assert.All(Enumerable.Range(0, state.Shard(0).UserIds.Count), u => Assert.Null(state.Shard(0).UserIds[u]));
    }

    [Fact]
    public void EraseUser_UserComesBack_LateEventsFromBeforeStayOut()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 10, "a"), ShopRecord.Erase("u", 20), ShopRecord.Touch("u", "j", 30, "b"), ShopRecord.Touch("u", "k", 15, "c")]);
        Assert.Equal(["j"], GraphStates.Cut(state).ItemIds);
    }

    [Fact]
    public void EraseUser_ItemNobodyElseTouchedOrDescribed_LeavesTheSnapshot()
    {
        var state = GraphStates.Of([ShopRecord.Touch("u", "i", 10, "a"), ShopRecord.Touch("v", "j", 10, "b"), ShopRecord.Erase("u", 20)]);
        Assert.Equal(["j"], GraphStates.Cut(state).ItemIds);
    }

    [Fact]
    public void DeleteItem_AnyEventsBefore_EqualsAHistoryWithoutTheItem() =>
        Prop.ForAll<int>(seed =>
        {
            static bool IsAbout(ShopRecord record, string item) =>
                record.IsItem ? record.Key == item : EventCodec.ReadInteraction(record.Value).Interaction.ItemId == item;
            // An erasure keeps out what happened before the newest event that it removed, so it does know of the item.
            var records = RandomShop.Records(seed).Where(r => r.IsItem || EventCodec.ReadInteraction(r.Value).UserErasure is null).ToArray();
            var without = records.Where(r => !IsAbout(r, "i1"));
            Assert.Equal(GraphStates.Hash(GraphStates.Of(without)), GraphStates.Hash(GraphStates.Of(records.Append(ShopRecord.Delete("i1", 0)))));
        }).QuickCheckThrowOnFailure();

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
    public void PutItem_RecordsOutOfTimeOrder_TheLastInTheLogCounts()
    {
        var deleted = GraphStates.Of([ShopRecord.Describe("i", 20, "a"), ShopRecord.Delete("i", 10)]);
        Assert.Equal(0, deleted.ActiveItems);
        var back = GraphStates.Of([ShopRecord.Delete("i", 20), ShopRecord.Describe("i", 10, "a")]);
        Assert.Equal(1, back.ActiveItems);
    }

    [Fact]
    public void PutItem_LogCompacted_GivesTheSameSnapshot() =>
        Prop.ForAll<int>(seed =>
        {
            var records = RandomShop.Records(seed);
            var compacted = records.Where((r, n) => !r.IsItem || records.FindLastIndex(x => x.IsItem && x.Key == r.Key) == n);
            Assert.Equal(GraphStates.Hash(GraphStates.Of(records)), GraphStates.Hash(GraphStates.Of(compacted)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void PutItem_VectorOfAnotherWidth_CountsAsNoneAndTheRestActs()
    {
        var state = GraphStates.Of([
            ShopRecord.Describe("i", 10, "a", 1, 2), ShopRecord.Describe("j", 10, "b", 3, 4), ShopRecord.Describe("k", 10, "c", 5, 6), ShopRecord.Describe("j", 20, "d", 1, 2, 3)]);
        var cut = GraphStates.Cut(state);
        Assert.Equal([true, false, true], cut.Modalities.Single().Present);
        Assert.Equal(new Modality("image", 2, 2, 1), Assert.Single(state.Modalities));
    }

    [Fact]
    public void PutItem_MostItemsHaveANewWidth_TakesItOver()
    {
        var state = GraphStates.Of([ShopRecord.Describe("i", 10, "a", 1, 2), ShopRecord.Describe("j", 10, "b", 3, 4), ShopRecord.Describe("i", 20, "c", 1, 2, 3)]);
        // Of equals the greater.
        Assert.Equal(new Modality("image", 3, 1, 1), Assert.Single(state.Modalities));
        GraphStates.Apply(state, ShopRecord.Describe("j", 20, "d", 3, 4, 5));
        Assert.Equal([true, true], GraphStates.Cut(state).Modalities.Single().Present);
    }

    private static (int, int, long, int, int) Counts(GraphState state) =>
        (state.ActiveUsers, state.ActiveItems, state.ActivePairs, state.HiddenItems, state.Shards.Sum(s => s.Erasures.Count));
}
