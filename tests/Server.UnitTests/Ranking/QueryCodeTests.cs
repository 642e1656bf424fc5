using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.Server.Ranking.Lanes;

namespace Rearm.Streaming.Server.UnitTests.Ranking;

public unsafe class QueryCodeTests
{
    public static TheoryData<string> Kinds => [.. Vectors.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bound_AnyRowsAndQueries_IsNeverBelowTheScore(string kind)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var vectors = new Vectors(seed);
            var width = 1 + vectors.Next(300);
            var items = new ItemVectors(vectors.Rows(kind, 64, width), width);
            // A row itself as the query comes closest to the bound.
            var query = seed % 3 == 0 ? items[vectors.Next(64)].ToArray() : vectors.Rows(kind, 1, width);
            var (packed, dots) = (new PinnedArray<int>(items.Codes.Groups), new PinnedArray<int>(64));
            var code = QueryCode.Encode(query, packed.Span, 1);
            ScanKernel.OfBits(32).DotOne(items.Codes.Codes, items.Codes.Groups, 0b1111, packed.Pointer, code.Offset, dots.Pointer);
            for (var row = 0; row < 64; row++)
            {
                var margin = code.ResidualFactor * items.Codes.Residuals[row / 16] + code.LengthFactor * items.Codes.Lengths[row / 16];
                foreach (var factor in (float[])[1, items.InverseLengths[row]])
                {
                    var (scale, product) = (items.Codes.Scales[row] * factor, code.Step * dots.Span[row]);
                    var score = TensorPrimitives.Dot(query, items[row]) * factor;
                    var upper = scale * (product + margin) + QueryCode.Tiny;
                    Assert.InRange(score, scale * (product - margin) - QueryCode.Tiny, upper);
                    // That tells an estimate from a score.
                    Assert.True(scale * product < upper);
                }
            }
        }
    }

    [Fact]
    public void Margin_GaussianVectors_IsAFewPercentOfTheLengths()
    {
        var vectors = new Vectors(1);
        var items = new ItemVectors(vectors.Rows("gaussian", 16, 192), 192);
        var query = vectors.Rows("gaussian", 1, 192);
        var code = QueryCode.Encode(query, new int[items.Codes.Groups], 1);
        var margin = items.Codes.Scales[0] * (code.ResidualFactor * items.Codes.Residuals[0] + code.LengthFactor * items.Codes.Lengths[0]);
        Assert.InRange(margin / (VectorRules.Length(query) * VectorRules.Length(items[0])), 0, 0.05);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(2e18f)]
    public void Check_NotFiniteOrTooLong_IsRefused(float value)
    {
        var e = Assert.Throws<ArgumentException>(() => QueryCode.Check([1, value]));
        Assert.Contains("finite and its length at most 2^60", e.Message);
    }

    [Fact]
    public void Check_TheLongest_IsTaken() => QueryCode.Check([MathF.ScaleB(1, 60), 0]);
}
