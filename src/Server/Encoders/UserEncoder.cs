using System.Buffers;
using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>
/// Makes a user's vector of the newest items touched: the SASRec encoder that the model was trained with, without libtorch. Only what the last column needs
/// is computed. It never changes, and may be used by any number of threads; memory for a call is pooled.
/// </summary>
internal sealed class UserEncoder
{
    private readonly float[] _positions;
    private readonly LayerNorm _inputNorm;
    private readonly EncoderBlock[] _blocks;

    /// <param name="weights">Checked by <see cref="UserEncoderWeights.Check"/>.</param>
    public UserEncoder(UserEncoderWeights weights)
    {
        (Width, Length, _positions) = (weights.Width, weights.Length, weights.Positions);
        _inputNorm = new(weights.InputNormWeight, weights.InputNormBias, EncoderBlock.Epsilon);
        _blocks = [.. weights.Blocks.Select(block => new EncoderBlock(Width, weights.Heads, block))];
    }

    /// <summary>Numbers in a vector.</summary>
    public int Width { get; }

    /// <summary>Items that are read at most.</summary>
    public int Length { get; }

    /// <summary>The vector of a user.</summary>
    /// <param name="items">The vectors of the newest items touched, oldest first: 1 to <see cref="Length"/> rows.</param>
    /// <param name="user">Takes the vector.</param>
    public void Encode(ReadOnlySpan<float> items, Span<float> user)
    {
        var columns = items.Length / Width;
        ArgumentOutOfRangeException.ThrowIfNotEqual(items.Length, columns * Width);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, Length);
        var rented = ArrayPool<float>.Shared.Rent(items.Length + EncoderBlock.Room(columns, Width));
        var states = rented.AsSpan(0, items.Length);
        var room = rented.AsSpan(items.Length, EncoderBlock.Room(columns, Width));
        items.CopyTo(states);
        // The newest item has the last position, however many there are.
        _inputNorm.OfSum(states, _positions.AsSpan((Length - columns) * Width));
        for (var block = 0; block < _blocks.Length; block++)
            _blocks[block].Forward(states, block == _blocks.Length - 1 ? columns - 1 : 0, room);
        states[^Width..].CopyTo(user);
        ArrayPool<float>.Shared.Return(rented);
    }
}
