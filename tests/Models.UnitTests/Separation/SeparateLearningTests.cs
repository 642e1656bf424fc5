using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Separation;

public class SeparateLearningTests
{
    private const int Items = 40;

    private static readonly SeaHyperParameters Hyper = new() { HeadHidden = 6, HeadWidth = 4, ClubWidth = 4, ClubHidden = 3, ClubSteps = 40, LearningRate = 1e-2 };

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(5, 2, 3)]
    [InlineData(8, 4, 4)]
    public void Split_AnyWidth_PutsTheSmallerHalfFirst(int width, int generic, int unique)
    {
        using var scope = NewDisposeScope();
        var z = arange(3 * width, dtype: ScalarType.Float32).reshape(3, width);
        using var learning = Create(Hyper, ("a", width), ("b", 4));

        var halves = learning.Modalities[0].Split(z);

        Assert.Equal((generic, unique), (halves.Generic.shape[1], halves.Unique.shape[1]));
        Assert.Equal(z.data<float>(), cat([halves.Generic, halves.Unique], 1).data<float>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Solo_ThreeModalities_IsTheMeanOfTheLaterOnesAskingTheEarlier(bool plainOperators)
    {
        var kernels = plainOperators ? KernelMode.Plain : KernelMode.Auto;
        using var scope = NewDisposeScope();
        manual_seed(1);
        var heads = Enumerable.Range(0, 3).Select(_ => nn.functional.normalize(randn(Items, 5), p: 2, dim: 1)).ToArray();

        var loss = SoloSimilarity.Forward(heads, 0.3, kernels).item<float>();

        double Asks(int asking, int asked)
        {
            var (q, k) = (heads[asking].data<float>().ToArray(), heads[asked].data<float>().ToArray());
            double Score(int i, int j) => Enumerable.Range(0, 5).Sum(c => (double)q[i * 5 + c] * k[j * 5 + c]) / 0.3;
            return Enumerable.Range(0, Items).Average(i => Math.Log(Enumerable.Range(0, Items).Sum(j => Math.Exp(Score(i, j)))) - Score(i, i));
        }
        Assert.Equal((Asks(1, 0) + Asks(2, 0) + Asks(2, 1)) / 3, loss, 1e-5);
    }

    [Fact]
    public void Forward_BoundBelowZero_CountsAsZeroAndGivesNoGradient()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var learning = Create(Hyper with { SoloWeight = 0 }, ("a", 8), ("b", 6));
        var projected = new[] { randn(Items, 8, requires_grad: true), randn(Items, 6, requires_grad: true) };
        // Whichever sign the bound has: with the roles of own and other exchanged it would have the other one.
        var found = new HashSet<bool>();
        for (var seed = 0; seed < 40 && found.Count < 2; seed++)
        {
            learning.Reseed(seed);
            projected[0].grad = projected[1].grad = null;
            var terms = learning.Forward(projected);
            terms.Club!.backward();
            foreach (var (bound, z) in terms.Bounds.Zip(projected))
            {
                var positive = bound.item<float>() > 0;
                found.Add(positive);
                Assert.Equal(positive, z.grad!.abs().sum().item<float>() > 0);
            }
            Assert.Equal(terms.Bounds.Average(b => Math.Max(0, b.item<float>())), terms.Club.item<float>(), 1e-5);
        }
        Assert.Equal(2, found.Count);
    }

    [Theory]
    [InlineData(ClubFit.Within, false)]
    [InlineData(ClubFit.Within, true)]
    [InlineData(ClubFit.Across, false)]
    public void Fit_HalvesThatTellOfEachOther_MakesTheBoundSayWhatItWasFittedTo(ClubFit fit, bool plainOperators)
    {
        var kernels = plainOperators ? KernelMode.Plain : KernelMode.Auto;
        using var scope = NewDisposeScope();
        manual_seed(1);
        var hyper = Hyper with { ClubFit = fit, ClubWidth = 0, ClubSteps = 300 };
        using var learning = new SeparateLearning([("a", 8), ("b", 8)], hyper, ScalarType.Float32, CPU, kernels);
        using var optimizer = new AdamWOptimizer(learning.parameters(), hyper.LearningRate, decay: 0, kernels);
        // Within a modality both halves are the same; modalities have nothing to do with each other.
        var projected = Enumerable.Range(0, 2).Select(_ => randn(Items, 4).repeat(1, 2)).ToArray();
        var before = learning.Forward(projected);

        var losses = learning.Fit(before, optimizer);

        Assert.True(losses[^1] < losses[0], $"From {losses[0]} to {losses[^1]}.");
        Assert.All(learning.parameters(), p => Assert.Null(p.grad));
        var after = learning.Forward(projected);
        Assert.Equal(fit == ClubFit.Within, after.Club!.item<float>() > before.Club!.item<float>() + 0.3);
    }

    [Fact]
    public void Fit_ASecondTime_GoesOnFromTheMomentsOfTheFirst()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var learning = Create(Hyper, ("a", 8), ("b", 6));
        using var optimizer = new AdamWOptimizer(learning.parameters(), Hyper.LearningRate, decay: 0);
        Tensor[] projected = [randn(Items, 8), randn(Items, 6)];
        learning.Fit(learning.Forward(projected), optimizer);
        learning.Fit(learning.Forward(projected), optimizer);

        var places = learning.parameters().Count();
        Assert.Equal(2 * Hyper.ClubSteps, optimizer.StateOf(places - 1)!.Steps);
        Assert.Null(optimizer.StateOf(0));
    }

    [Fact]
    public void Create_ClubWidthZero_TakesModalitiesOfOneEvenWidthAlone()
    {
        var hyper = Hyper with { ClubWidth = 0 };
        Assert.Contains("\"b\" is 6 wide and \"a\" 8", Assert.Throws<UnsuitableDataException>(() => Create(hyper, ("a", 8), ("b", 6))).Message, StringComparison.Ordinal);
        Assert.Contains("\"a\" is 7 wide", Assert.Throws<UnsuitableDataException>(() => Create(hyper, ("a", 7), ("b", 7))).Message, StringComparison.Ordinal);
        using var fits = Create(hyper, ("a", 8), ("b", 8));
        Assert.Null(fits.Modalities[0].GenericLayer);
    }

    [Fact]
    public void LightGcn_WithBothWeightsZero_IsTheModelWithoutTheLosses()
    {
        Assert.Equal(Train("lightgcn-features"), Train("lightgcn-sea", ("solo_weight", "0"), ("club_weight", "0")));
        Assert.NotEqual(Train("lightgcn-features"), Train("lightgcn-sea"));

        static float[] Train(string name, params (string Name, string Value)[] parameters)
        {
            var data = TrainingData.HoldOutNewest(PlantedShop.Snapshot(), maxUsers: 50);
            using var model = ModelCatalogue.Get(name).Create(
                data, new() { Parameters = parameters.ToDictionary(p => p.Name, p => p.Value), MaxEpochs = 1, Device = TrainingDevice.Cpu, Threads = 1 });
            model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
            return model.ServingVectors()!.Items;
        }
    }

    private static SeparateLearning Create(SeparationParameters parameters, params (string, int)[] modalities) => new(modalities, parameters, ScalarType.Float32, CPU, KernelMode.Auto);
}
