using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class ItemVectorTests
{
    public static TheoryData<float[], VectorForm> Forms => new()
    {
        { [0.25f, -3], VectorForm.Half },
        { [0, 0], VectorForm.Half },
        { [65504, 1], VectorForm.Half },
        { [-65504, 1], VectorForm.Half },
        { [65505, 1], VectorForm.Full },
        { [1, -1e30f], VectorForm.Full },
        { [ItemVector.SmallestHalf, 1e-9f], VectorForm.Half },
        { [MathF.BitDecrement(ItemVector.SmallestHalf), 1e-9f], VectorForm.Full },
        { [1, float.NaN], VectorForm.Full },
        { [float.PositiveInfinity, 1], VectorForm.Full },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Compact_Numbers_AreKeptInTheFormThatHoldsThem(float[] values, VectorForm form)
    {
        var vector = ItemVector.Compact(values);
        var read = Floats(vector);
        Assert.Equal(form, vector.Form);
        Assert.Equal(values.Length, vector.Dimension);
        if (form == VectorForm.Full)
            Assert.Equal(values, read);
        else
            Assert.Equal(Array.ConvertAll(values, v => (float)(Half)v), read);
    }

    [Theory]
    [InlineData(ItemVector.SmallestHalf)]
    [InlineData(1f)]
    [InlineData(ItemVector.LargestHalf)]
    public void Compact_AnyScaleItTakes_KeepsTheVectorWithinItsBound(float greatest)
    {
        var random = new Random(1);
        for (var dimension = 1; dimension <= 4096; dimension *= 4)
        {
            // Most numbers far below the greatest, where half precision is at its worst.
            var values = Enumerable.Range(0, dimension).Select(d => d == 0 ? greatest : greatest * MathF.Pow(2, -random.Next(24)) * (random.NextSingle() - 0.5f)).ToArray();
            var vector = ItemVector.Compact(values);
            Assert.Equal(VectorForm.Half, vector.Form);
            var error = Math.Sqrt(Floats(vector).Zip(values, (a, b) => Math.Pow((double)a - b, 2)).Sum() / values.Sum(v => (double)v * v));
            Assert.InRange(error, 0, 0.001);
        }
    }

    [Fact]
    public void Compact_NumbersChangedAfterwards_StayAsTheyWere()
    {
        float[] values = [1, 1e6f];
        var vector = ItemVector.Compact(values);
        values[1] = 2;
        Assert.Equal([1, 1e6f], Floats(vector));
    }

    [Fact]
    public void Read_FormAndBytes_GiveTheSameVector()
    {
        foreach (var vector in new[] { default, ItemVector.Compact([1, 2]), ItemVector.Exact([1f, 1e20f]) })
        {
            var read = ItemVector.Read(vector.Form, vector.Bytes);
            Assert.Equal((vector.Form, vector.Dimension), (read.Form, read.Dimension));
            Assert.Equal(vector.Bytes.ToArray(), read.Bytes.ToArray());
        }
        Assert.Contains("form 3", Assert.Throws<ContractException>(() => ItemVector.Read((VectorForm)3, [1, 2])).Message);
        Assert.Contains("6 bytes", Assert.Throws<ContractException>(() => ItemVector.Read(VectorForm.Full, new byte[6])).Message);
    }

    [Fact]
    public void CopyTo_AnotherWidth_IsRefused() =>
        Assert.Contains("2 numbers", Assert.Throws<ArgumentException>(() => ItemVector.Exact([1f, 2]).CopyTo(new float[3])).Message);

    [Fact]
    public void ModalityFeatures_VectorOfAnotherWidth_NamesTheItem() =>
        Assert.Contains("Item 1's vector in modality image has 3", Assert.Throws<ContractException>(
            () => new ModalityFeatures("image", 2, [default, ItemVector.Exact([1f, 2, 3])])).Message);

    [Fact]
    public void FromFloats_ItemsWithAndWithoutVector_KeepsThemExactly()
    {
        var features = ModalityFeatures.FromFloats("image", 2, [0.1f, 1e-30f, 9, 9, 3, 4], [true, false, true]);
        Assert.Equal([0.1f, 1e-30f], features.ToFloats(0));
        Assert.Equal([0, 0], features.ToFloats(1));
        Assert.Equal([true, false, true], features.Present);
        Assert.Contains("5 numbers; 3 items", Assert.Throws<ContractException>(() => ModalityFeatures.FromFloats("image", 2, new float[5], new bool[3])).Message);
    }

    private static float[] Floats(ItemVector vector)
    {
        var values = new float[vector.Dimension];
        vector.CopyTo(values);
        return values;
    }
}
