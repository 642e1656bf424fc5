using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class FeatureTensorTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void From_MoreThanOneBlock_HasEveryRowInItsPlace(ScalarType type)
    {
        var features = new FloatMatrix(65, 1 << 18);
        for (var row = 0; row < features.Rows; row++)
            features[row][row * 1000] = row + 1;
        Assert.Equal(2, features.Blocks.Count);

        using var tensor = FeatureTensor.From(features, type, CPU);

        Assert.Equal([65, 1 << 18], tensor.shape);
        foreach (var row in new[] { 0, 63, 64 })
            Assert.Equal(row + 1, tensor[row, row * 1000].to(ScalarType.Float64).item<double>());
        Assert.Equal(65 * 66 / 2, tensor.sum().to(ScalarType.Float64).item<double>());
    }

    [Fact]
    public void From_NoRows_IsEmpty()
    {
        using var tensor = FeatureTensor.From(new FloatMatrix(0, 4), ScalarType.Float64, CPU);

        Assert.Equal([0, 4], tensor.shape);
    }
}
