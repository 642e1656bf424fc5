using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>A block of a <see cref="UserEncoder"/>: causal self-attention and a feed-forward network, a norm after each.</summary>
internal sealed class EncoderBlock
{
    /// <summary>Of every norm of the encoder.</summary>
    public const float Epsilon = 1e-6f;

    private readonly int _width;
    private readonly int _heads;
    private readonly PackedMatrix _query;
    private readonly PackedMatrix _key;
    private readonly PackedMatrix _value;
    private readonly PackedMatrix _output;
    private readonly LayerNorm _attentionNorm;
    private readonly PackedMatrix _inner;
    private readonly float[] _innerBias;
    private readonly PackedMatrix _outer;
    private readonly float[] _outerBias;
    private readonly LayerNorm _outputNorm;

    /// <param name="width">d.</param>
    /// <param name="heads">h.</param>
    /// <param name="weights">Checked.</param>
    public EncoderBlock(int width, int heads, UserEncoderBlock weights)
    {
        (_width, _heads) = (width, heads);
        _query = new(weights.Query, width, width);
        _key = new(weights.Key, width, width);
        _value = new(weights.Value, width, width);
        _output = new(weights.Output, width, width);
        _attentionNorm = new(weights.AttentionNormWeight, weights.AttentionNormBias, Epsilon);
        _inner = new(weights.Inner, 4 * width, width);
        _innerBias = weights.InnerBias;
        _outer = new(weights.Outer, width, 4 * width);
        _outerBias = weights.OuterBias;
        _outputNorm = new(weights.OutputNormWeight, weights.OutputNormBias, Epsilon);
    }

    /// <summary>Numbers that <see cref="Forward"/> needs room for.</summary>
    /// <param name="columns">Items in the sequence.</param>
    /// <param name="width">d.</param>
    public static int Room(int columns, int width) => columns * (8 * width + 1);

    /// <summary>The states after the block.</summary>
    /// <param name="states">Columns x d, oldest first; those from <paramref name="first"/> on are replaced.</param>
    /// <param name="first">The first column that anybody will read; those before only serve as keys and values.</param>
    /// <param name="room">As long as <see cref="Room"/>.</param>
    public void Forward(Span<float> states, int first, Span<float> room)
    {
        var columns = states.Length / _width;
        var size = states.Length;
        var keys = room[..size];
        var values = room.Slice(size, size);
        // Queries, later what is added to the states; and what attention gives.
        var queries = room.Slice(2 * size, size - first * _width);
        var attended = room.Slice(3 * size, size - first * _width);
        var inner = room.Slice(4 * size, 4 * (size - first * _width));
        var weights = room.Slice(8 * size, columns);
        var read = states[(first * _width)..];
        _key.Multiply(states, [], keys);
        _value.Multiply(states, [], values);
        _query.Multiply(read, [], queries);
        // A column sees itself and those before. Columns that are masked in training are not here at all: their weight there is exactly 0.
        for (var column = first; column < columns; column++)
            Attention.Of(
                queries.Slice((column - first) * _width, _width), keys, values, _heads, weights[..(column + 1)],
                attended.Slice((column - first) * _width, _width));
        _output.Multiply(attended, [], queries);
        _attentionNorm.OfSum(read, queries);
        _inner.Multiply(read, _innerBias, inner);
        TensorPrimitives.Max(inner, 0, inner);
        _outer.Multiply(inner, _outerBias, queries);
        _outputNorm.OfSum(read, queries);
    }
}
