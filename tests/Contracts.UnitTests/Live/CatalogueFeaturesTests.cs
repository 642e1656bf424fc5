using Google.Protobuf;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Live;

public class CatalogueFeaturesTests
{
    [Theory]
    [InlineData(VectorForm.Half, 0.1f, -2f, 0f)]
    [InlineData(VectorForm.Full, 1e-9f, 1e-8f, 0f)]
    [InlineData(VectorForm.Full, 1e9f, 1f, 2f)]
    public void TryRead_WhatWasWritten_IsWhatTheStateKeeps(VectorForm form, params float[] numbers)
    {
        var kept = ItemVector.Compact(numbers);
        var (expected, read) = (new float[3], new float[3]);
        kept.CopyTo(expected);

        var written = CatalogueFeatures.Write("image", kept);

        Assert.Equal(((uint)form, "image"), (written.Form, written.Modality));
        Assert.True(CatalogueFeatures.TryRead(written, read, out var isPresent));
        Assert.True(isPresent);
        Assert.Equal(expected, read);
    }

    [Fact]
    public void TryRead_ItemWithoutTheModality_IsNotPresent()
    {
        float[] read = [7, 7];

        Assert.True(CatalogueFeatures.TryRead(CatalogueFeatures.Write("image", default), read, out var isPresent));

        Assert.False(isPresent);
        Assert.Equal([0, 0], read);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 2)]
    [InlineData(1, 6)]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(2, 12)]
    [InlineData(3, 4)]
    [InlineData(257, 4)]
    public void TryRead_OtherWidthOrForm_IsRefused(uint form, int bytes) =>
        Assert.False(CatalogueFeatures.TryRead(new() { Form = form, Numbers = ByteString.CopyFrom(new byte[bytes]) }, new float[2], out _));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TryRead_NumbersThatAreNone_AreRefused(uint form)
    {
        var damaged = new CatalogueFeature { Form = form, Numbers = ByteString.CopyFrom([.. Enumerable.Repeat((byte)0xff, form == 1 ? 4 : 8)]) };

        Assert.False(CatalogueFeatures.TryRead(damaged, new float[2], out _));
    }
}
