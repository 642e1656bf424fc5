using System.Runtime.InteropServices;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing.Shops;
using Rearm.Streaming.Trainer.Gate;

namespace Rearm.Streaming.Trainer.UnitTests.Gate;

public class ServedModelTests
{
    [Fact]
    public void Score_ItsUsersAndItems_AreNumberedAsInTheSnapshotAndUnknownItemsComeLast()
    {
        // It knows two of the snapshot's six items, in another order, one that has gone since, and users 2 and 0.
        var snapshot = PlantedShop.Snapshot(users: 3, items: 6);
        var chunk = new ItemChunk { ItemIds = { "i5", "gone", "i1" }, Vectors = Bytes(0, 3, 9, 9, 2, 0) };
        var users = new Dictionary<int, float[]> { [2] = [1, 0], [0] = [1, 10] };
        var model = new ServedModel(new(new GenerationManifest { Dimension = 2 }, [], [chunk]), snapshot, users);

        var scores = new float[2 * 6];
        model.Score([0, 2], scores);

        const float No = float.NegativeInfinity;
        Assert.Equal([No, 2, No, No, No, 30, No, 2, No, No, No, 0], scores);
        Assert.Equal((true, false, false), (model.Knows(0, 1), model.Knows(1, 1), model.Knows(0, 0)));
    }

    [Fact]
    public void Restrict_AnotherModel_RanksAmongTheSameItems()
    {
        var snapshot = PlantedShop.Snapshot(users: 1, items: 6);
        var chunk = new ItemChunk { ItemIds = { "i0", "i3" }, Vectors = Bytes(1, 1) };
        var users = new Dictionary<int, float[]> { [0] = [1] };
        var model = new ServedModel(new(new GenerationManifest { Dimension = 1 }, [], [chunk]), snapshot, users);
        var scores = new float[6];

        model.Restrict((_, all) => all.Fill(7))([0], scores);

        Assert.Equal([7, float.NegativeInfinity, float.NegativeInfinity, 7, float.NegativeInfinity, float.NegativeInfinity], scores);
    }

    private static ByteString Bytes(params float[] numbers) => ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(numbers));
}
