using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Contracts.UnitTests.Generations;

public class UserVectorCodecTests
{
    private const long Seed = 42;

    [Fact]
    public void TryRead_Half_IsWithinItsBoundAtAnyScale() =>
        Prop.ForAll<int, byte, byte>((seed, width, scale) =>
        {
            var vector = Vector(seed, width, power: scale / 2 - 77);
            var greatest = vector.Length == 0 ? 0 : vector.Max(v => Math.Abs((double)v));

            var read = Read(UserVectorCodec.Write(vector, VectorPrecision.Half, Seed), width);

            return vector.Zip(read).All(p => Math.Abs((double)p.First - p.Second) <= Math.Max(Math.Abs((double)p.First) / 2048, greatest * Math.Pow(2, -39)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryRead_Full_IsTheSame() =>
        Prop.ForAll<int, byte, byte>((seed, width, scale) =>
        {
            var vector = Vector(seed, width, power: scale / 2 - 77);
            return vector.SequenceEqual(Read(UserVectorCodec.Write(vector, VectorPrecision.Full, Seed), width));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0f)]
    [InlineData(1.5f)]
    [InlineData(-65504f)]
    [InlineData(1L << 50)]
    [InlineData(1e-30f)]
    [InlineData(float.Epsilon)]
    public void TryRead_HalfOfNumbersThatHalfHoldsByAPowerOfTwo_IsExact(float number)
    {
        float[] vector = [number, 0, -number, number / 2];
        if (number == float.Epsilon)
            vector[3] = 0;
        Assert.Equal(vector, Read(UserVectorCodec.Write(vector, VectorPrecision.Half, Seed), 4), (a, b) => Math.Abs(a - b) <= Math.Abs(a) / 2048);
    }

    [Fact]
    public void TryRead_JustBelowAPowerOfTwo_DoesNotOverflow()
    {
        var number = MathF.BitDecrement(1 << 16);
        Assert.Equal([1 << 16], Read(UserVectorCodec.Write([number], VectorPrecision.Half, Seed), 1));
    }

    [Theory]
    [InlineData(VectorPrecision.Half, 192, 390)]
    [InlineData(VectorPrecision.Full, 192, 774)]
    [InlineData(VectorPrecision.Half, 0, 6)]
    public void Length_IsWhatIsWritten(VectorPrecision precision, int dimension, int bytes)
    {
        Assert.Equal(bytes, UserVectorCodec.Length(dimension, precision));
        Assert.Equal(bytes, UserVectorCodec.Write(new float[dimension], precision, Seed).Length);
    }

    [Theory]
    [InlineData(VectorPrecision.Half)]
    [InlineData(VectorPrecision.Full)]
    public void TryRead_AnyBitChanged_IsRefused(VectorPrecision precision)
    {
        var bytes = UserVectorCodec.Write([1, 2, 3], precision, Seed);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(UserVectorCodec.TryRead(flipped, Seed, new float[3]), $"bit {bit}");
        }
    }

    [Fact]
    public void TryRead_AnotherGenerationsOrAnotherWidthOrCutShort_IsRefused()
    {
        var bytes = UserVectorCodec.Write([1, 2, 3, 4], VectorPrecision.Half, Seed);
        Assert.True(UserVectorCodec.TryRead(bytes, Seed, new float[4]));
        Assert.False(UserVectorCodec.TryRead(bytes, Seed + 1, new float[4]));
        Assert.False(UserVectorCodec.TryRead(bytes, Seed, new float[2]));
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(UserVectorCodec.TryRead(bytes.AsSpan(0, length), Seed, new float[4]));
    }

    // Numbers of all sizes up to 2^power, and zeros.
    private static float[] Vector(int seed, int width, int power)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, width).Select(_ => (float)((2 * random.NextDouble() - 1) * Math.Pow(2, power - random.Next(40)) * random.Next(3)))];
    }

    private static float[] Read(byte[] bytes, int width)
    {
        var vector = new float[width];
        Assert.True(UserVectorCodec.TryRead(bytes, Seed, vector));
        return vector;
    }
}
