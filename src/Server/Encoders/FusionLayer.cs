using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>The fusion of an <see cref="ItemEncoder"/>: one layer of BERT over the tokens of an item's modalities, each of which sees all.</summary>
internal sealed class FusionLayer
{
    private const float Epsilon = 1e-12f;

    private readonly int _width;
    private readonly int _heads;
    private readonly int _innerWidth;
    private readonly Layer _query;
    private readonly Layer _key;
    private readonly Layer _value;
    private readonly Layer _output;
    private readonly LayerNorm _attentionNorm;
    private readonly Layer _inner;
    private readonly Layer _outer;
    private readonly LayerNorm _outputNorm;

    /// <param name="width">d.</param>
    /// <param name="weights">Checked.</param>
    public FusionLayer(int width, ItemFusion weights)
    {
        (_width, _heads, _innerWidth) = (width, weights.Heads, weights.InnerWidth);
        _query = new(weights.Query);
        _key = new(weights.Key);
        _value = new(weights.Value);
        _output = new(weights.Output);
        _attentionNorm = new(weights.AttentionNormWeight, weights.AttentionNormBias, Epsilon);
        _inner = new(weights.Inner);
        _outer = new(weights.Outer);
        _outputNorm = new(weights.OutputNormWeight, weights.OutputNormBias, Epsilon);
    }

    /// <summary>Numbers that <see cref="Forward"/> needs room for with so many tokens.</summary>
    public int Room(int tokens) => tokens * (4 * _width + _innerWidth + 1);

    /// <summary>The tokens after the layer.</summary>
    /// <param name="tokens">Tokens x d; replaced. A masked token is not here at all: its weight in attention would be exactly 0.</param>
    /// <param name="room">As long as <see cref="Room"/>.</param>
    public void Forward(Span<float> tokens, Span<float> room)
    {
        var (size, count) = (tokens.Length, tokens.Length / _width);
        var keys = room[..size];
        var values = room.Slice(size, size);
        // Queries, later what is added to the tokens; and what attention gives.
        var queries = room.Slice(2 * size, size);
        var attended = room.Slice(3 * size, size);
        var inner = room.Slice(4 * size, count * _innerWidth);
        var weights = room.Slice(4 * size + inner.Length, count);
        _key.Apply(tokens, keys);
        _value.Apply(tokens, values);
        _query.Apply(tokens, queries);
        for (var token = 0; token < size; token += _width)
            Attention.Of(queries.Slice(token, _width), keys, values, _heads, weights, attended.Slice(token, _width));
        _output.Apply(attended, queries);
        _attentionNorm.OfSum(tokens, queries);
        _inner.Apply(tokens, inner);
        Gelu.Apply(inner);
        _outer.Apply(inner, queries);
        _outputNorm.OfSum(tokens, queries);
    }
}
