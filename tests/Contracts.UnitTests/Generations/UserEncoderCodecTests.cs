using Google.Protobuf;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.Contracts.UnitTests.Generations;

public class UserEncoderCodecTests
{
    [Theory]
    [InlineData(2, 3, 2, 1, 1)]
    [InlineData(6, 20, 3, 2, 1)]
    // 12 d^2 numbers in a block: more than a chunk, so that arrays go over its end.
    [InlineData(300, 5, 2, 2, 3)]
    public void Read_WhatWasWritten_IsTheSame(int width, int length, int heads, int blocks, int chunks)
    {
        var written = RandomEncoder.Of(width, length, heads, blocks);
        var (manifest, bytes) = Write(written);

        var read = UserEncoderCodec.Read(manifest, bytes);

        Assert.Equal(chunks, bytes.Length);
        Assert.Equal((width, length, heads, blocks), (read.Width, read.Length, read.Heads, read.Blocks.Count));
        foreach (var (one, other) in Arrays(written).Zip(Arrays(read)))
            Assert.True(one.AsSpan().SequenceEqual(other));
    }

    [Fact]
    public void Describe_GenerationWithAnEncoder_HasAVersionThatReadersWithoutOneRefuse()
    {
        var (manifest, _) = Write(RandomEncoder.Of(2, 3));

        Assert.Equal(GenerationCodec.Version, manifest.Version);
        Assert.Equal(GenerationCodec.PlainVersion, GenerationCodec.Describe(Samples.Generation()).Version);
        manifest.Version = GenerationCodec.PlainVersion;
        Assert.Contains("layout version 2", Refusal(manifest));
    }

    [Fact]
    public void Read_AnyByteChangedOrMissing_IsRefused()
    {
        var (manifest, chunks) = Write(RandomEncoder.Of(2, 3));
        for (var i = 0; i < chunks[0].Length; i++)
        {
            chunks[0][i] ^= 1;
            var e = Assert.Throws<ContractException>(() => UserEncoderCodec.Read(manifest, chunks));
            Assert.Contains("chunk 0 of the user encoder of generation 5 is damaged", e.Message);
            chunks[0][i] ^= 1;
        }
        Assert.Contains("is missing", Assert.Throws<ContractException>(() => UserEncoderCodec.Read(manifest, [null])).Message);
    }

    [Theory]
    [InlineData("length", "length is 201")]
    [InlineData("heads", "3 heads, which do not divide its width 2")]
    [InlineData("blocks", "0 blocks")]
    [InlineData("chunks", "does not add up")]
    [InlineData("rows", "does not add up")]
    public void ReadManifest_ShapeThatCannotBe_IsRefused(string what, string expected)
    {
        var (manifest, _) = Write(RandomEncoder.Of(2, 3));
        switch (what)
        {
            case "length": manifest.UserEncoder.Length = 201; break;
            case "heads": manifest.UserEncoder.Heads = 3; break;
            case "blocks": manifest.UserEncoder.Blocks = 0; break;
            case "chunks": manifest.UserEncoder.Chunks.Clear(); break;
            default: manifest.UserEncoder.Chunks.Add(new ChunkInfo()); break;
        }

        Assert.Contains(expected, Refusal(manifest));
    }

    [Theory]
    [InlineData(float.NaN, "the number NaN")]
    [InlineData(float.PositiveInfinity, "Inner of block 1")]
    [InlineData(1025f, "the number 1025; -1024 to 1024")]
    public void Describe_WeightThatCannotBeServed_IsRefused(float value, string expected)
    {
        var weights = RandomEncoder.Of(4, 3, blocks: 2);
        weights.Blocks[1].Inner[7] = value;

        Assert.Contains(expected, Assert.Throws<ContractException>(() => UserEncoderCodec.Describe(weights, 4)).Message);
    }

    [Fact]
    public void Describe_ShapeThatDoesNotFit_IsRefused()
    {
        var weights = RandomEncoder.Of(4, 3);

        Assert.Contains("4 wide, but the items' vectors have 5", Assert.Throws<ContractException>(() => UserEncoderCodec.Describe(weights, 5)).Message);
        var e = Assert.Throws<ContractException>(() => UserEncoderCodec.Describe(weights with { Length = 4 }, 4));
        Assert.Contains("Positions of the user encoder has 12 numbers; 16 are needed", e.Message);
    }

    private static IEnumerable<float[]> Arrays(UserEncoderWeights weights) =>
    [
        weights.Positions, weights.InputNormWeight, weights.InputNormBias,
        .. weights.Blocks.SelectMany(b => new[]
        {
            b.Query, b.Key, b.Value, b.Output, b.AttentionNormWeight, b.AttentionNormBias,
            b.Inner, b.InnerBias, b.Outer, b.OuterBias, b.OutputNormWeight, b.OutputNormBias,
        }),
    ];

    private static string Refusal(GenerationManifest manifest) =>
        Assert.Throws<ContractException>(() => GenerationCodec.ReadManifest(manifest.ToByteArray())).Message;

    private static (GenerationManifest Manifest, byte[][] Chunks) Write(UserEncoderWeights weights)
    {
        var manifest = GenerationCodec.Describe(Samples.Generation(items: 0, users: 0, dimension: weights.Width) with { UserEncoder = weights });
        manifest.Number = 5;
        var chunks = new List<byte[]>();
        foreach (var (info, bytes) in UserEncoderCodec.Chunks(weights))
        {
            manifest.UserEncoder.Chunks.Add(info);
            chunks.Add(bytes);
        }
        return (GenerationCodec.ReadManifest(manifest.ToByteArray()), [.. chunks]);
    }
}
