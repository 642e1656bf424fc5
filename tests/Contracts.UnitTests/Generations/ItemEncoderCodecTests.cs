using Google.Protobuf;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.Contracts.UnitTests.Generations;

public class ItemEncoderCodecTests
{
    private static readonly (string, int)[] Two = [("image", 3), ("text", 2)];

    [Theory]
    [InlineData(2, 1, true, 1, 4)]
    [InlineData(6, 3, true, 1, 4, 7)]
    [InlineData(6, 1, false, 1, 4, 7, 1)]
    // More than a chunk, so that arrays go over its end.
    [InlineData(512, 2, true, 3, 1000, 1500)]
    public void Read_WhatWasWritten_IsTheSame(int width, int heads, bool isCentred, int chunks, params int[] inputs)
    {
        var written = RandomItemEncoder.Of(width, [.. inputs.Select((n, m) => ($"m{m}", n))], heads, innerWidth: 9, isCentred);
        var (manifest, bytes) = Write(written);

        var read = ItemEncoderCodec.Read(manifest, bytes);

        Assert.Equal(chunks, bytes.Length);
        Assert.Equal((width, written.Preprocessing), (read.Width, read.Preprocessing));
        Assert.Equal((written.Fusion?.Heads, written.Fusion?.InnerWidth), (read.Fusion?.Heads, read.Fusion?.InnerWidth));
        Assert.Equal(written.Projections.Select(p => (p.Modality, p.Inputs)), read.Projections.Select(p => (p.Modality, p.Inputs)));
        Assert.Equal(written.Arrays().Count(), read.Arrays().Count());
        foreach (var (one, other) in written.Arrays().Zip(read.Arrays()))
            Assert.True(one.Name == other.Name && one.Values.AsSpan().SequenceEqual(other.Values), one.Name);
    }

    [Fact]
    public void Describe_GenerationWithAnItemEncoder_CanBeReadByThoseWhoKnowOfNone()
    {
        var (manifest, _) = Write(RandomItemEncoder.Of(2, Two));

        Assert.Equal(GenerationCodec.PlainVersion, manifest.Version);
    }

    [Fact]
    public void Read_AnyByteChangedOrMissing_IsRefused()
    {
        var (manifest, chunks) = Write(RandomItemEncoder.Of(2, Two));
        for (var i = 0; i < chunks[0].Length; i++)
        {
            chunks[0][i] ^= 1;
            var e = Assert.Throws<ContractException>(() => ItemEncoderCodec.Read(manifest, chunks));
            Assert.Contains("chunk 0 of the item encoder of generation 5 is damaged", e.Message);
            chunks[0][i] ^= 1;
        }
        Assert.Contains("is missing", Assert.Throws<ContractException>(() => ItemEncoderCodec.Read(manifest, [null])).Message);
    }

    [Theory]
    [InlineData("preprocessing", "preprocessing is \"whitened\"; \"centered-l2\" and \"none\" are known")]
    [InlineData("no modality", "has 0 modalities; 1 to 32")]
    [InlineData("name", "has a modality twice: image, image")]
    [InlineData("width", "Modality \"text\" of the item encoder has 8193 numbers")]
    [InlineData("no fusion", "one modality, but a fusion")]
    [InlineData("heads", "3 heads, which do not divide its width 2")]
    [InlineData("inner width", "inner width of 65537")]
    [InlineData("chunks", "does not add up")]
    [InlineData("rows", "does not add up")]
    public void ReadManifest_ShapeThatCannotBe_IsRefused(string what, string expected)
    {
        var (manifest, _) = Write(RandomItemEncoder.Of(2, Two));
        var shape = manifest.ItemEncoder;
        switch (what)
        {
            case "preprocessing": shape.Preprocessing = "whitened"; break;
            case "no modality": shape.Modalities.Clear(); break;
            case "name": shape.Modalities[1].Name = "image"; break;
            case "width": shape.Modalities[1].Width = 8193; break;
            case "no fusion": shape.Modalities.RemoveAt(1); break;
            case "heads": shape.Heads = 3; break;
            case "inner width": shape.InnerWidth = 65537; break;
            case "chunks": shape.Chunks.Clear(); break;
            default: shape.Chunks.Add(new ChunkInfo()); break;
        }

        Assert.Contains(expected, Assert.Throws<ContractException>(() => GenerationCodec.ReadManifest(manifest.ToByteArray())).Message);
    }

    [Theory]
    [InlineData(float.NaN, "The weight of Inner of the item encoder has the number NaN")]
    [InlineData(float.NegativeInfinity, "The weight of Inner")]
    [InlineData(257f, "the number 257; -256 to 256")]
    public void Describe_WeightThatCannotBeServed_IsRefused(float value, string expected)
    {
        var weights = RandomItemEncoder.Of(4, Two);
        weights.Fusion!.Inner.Weight[7] = value;

        Assert.Contains(expected, Assert.Throws<ContractException>(() => ItemEncoderCodec.Describe(weights, 4)).Message);
    }

    [Fact]
    public void Describe_MeanOfAnySize_IsAllowedIfItIsANumber()
    {
        var weights = RandomItemEncoder.Of(4, Two);
        weights.Projections[1].Mean[0] = float.MaxValue;
        ItemEncoderCodec.Describe(weights, 4);

        weights.Projections[1].Mean[0] = float.PositiveInfinity;
        Assert.Contains(
            "The mean of the projection of \"text\"", Assert.Throws<ContractException>(() => ItemEncoderCodec.Describe(weights, 4)).Message);
    }

    [Fact]
    public void Describe_ShapeThatDoesNotFit_IsRefused()
    {
        var weights = RandomItemEncoder.Of(4, Two);

        Assert.Contains("4 wide, but the items' vectors have 5", Refusal(weights, 5));
        Assert.Contains("has 0 heads", Refusal(weights with { Fusion = null }, 4));
        Assert.Contains("one modality, but a fusion", Refusal(weights with { Projections = [weights.Projections[0]] }, 4));
        Assert.Contains(
            "The weight of the projection of \"image\" of the item encoder has 12 numbers; 16 are needed",
            Refusal(weights with { Projections = [weights.Projections[0] with { Inputs = 4, Mean = new float[4] }, weights.Projections[1]] }, 4));
    }

    private static string Refusal(ItemEncoderWeights weights, int dimension) =>
        Assert.Throws<ContractException>(() => ItemEncoderCodec.Describe(weights, dimension)).Message;

    private static (GenerationManifest Manifest, byte[][] Chunks) Write(ItemEncoderWeights weights)
    {
        var manifest = GenerationCodec.Describe(Samples.Generation(items: 0, users: 0, dimension: weights.Width) with { ItemEncoder = weights });
        manifest.Number = 5;
        var chunks = new List<byte[]>();
        foreach (var (info, bytes) in ItemEncoderCodec.Chunks(weights))
        {
            manifest.ItemEncoder.Chunks.Add(info);
            chunks.Add(bytes);
        }
        return (GenerationCodec.ReadManifest(manifest.ToByteArray()), [.. chunks]);
    }
}
