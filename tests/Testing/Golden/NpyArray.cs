namespace Rearm.Streaming.Testing.Golden;

/// <summary>One array; all numbers as double, which holds each of them exactly.</summary>
public sealed record NpyArray(int[] Shape, double[] Values, string Text)
{
    public int Rows => Shape[0];

    public int Columns => Shape[1];

    public int[] Ints => Array.ConvertAll(Values, v => (int)v);

    public float[] Floats => Array.ConvertAll(Values, v => (float)v);

    public NpyArray Row(int row) => new(Shape[1..], Values.AsSpan(row * Shape[1], Shape[1]).ToArray(), "");
}
