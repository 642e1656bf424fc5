using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.PmmRec.Losses;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Sequences;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Models.UnitTests.PmmRec;

public class PmmRecTests
{
    [Theory]
    [InlineData("text")]
    [InlineData("image,text")]
    [InlineData("a.b,image.v2,text_2")]
    public void Fit_AnyNumberOfModalitiesOfAnyNames_LearnsThePlantedTastes(string names)
    {
        var data = Data(PlantedShop.Snapshot(modalities: names.Split(',')));

        var outcome = Fit(Create(data), data);

        Assert.True(outcome.Validation!.Value.Recall20 > 0.5, $"Recall is {outcome.Validation.Value.Recall20}; 20 of 90 items at random have .22.");
    }

    [Theory]
    [InlineData("nicl")]
    [InlineData("nid")]
    [InlineData("rcl")]
    [InlineData("program_nicl")]
    [InlineData("nicl+nid+rcl")]
    public void Fit_OtherLosses_LearnsThePlantedTastes(string losses)
    {
        var data = Data(PlantedShop.Snapshot());

        var outcome = Fit(Create(data, ("losses", losses)), data);

        Assert.True(outcome.Validation!.Value.Recall20 > 0.5, $"Recall is {outcome.Validation.Value.Recall20}.");
    }

    [Fact]
    public void Fit_ItemsWithoutSomeModality_LearnsAndThoseWithoutAnyHaveZeros()
    {
        var shop = PlantedShop.Snapshot();
        var data = Data(With(shop, shop.Interactions,
        [
            Without(shop.Modalities[0], item => item % 3 == 0),
            Without(shop.Modalities[1], item => item % 2 == 0 && item % 3 != 1),
        ]));
        using var model = Create(data, ("losses", "nicl+nid+rcl+program_nicl"));

        var outcome = model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);

        var vectors = model.ServingVectors()!;
        for (var item = 0; item < data.Whole.Items; item++)
            Assert.Equal(item % 6 == 0, vectors.Items.AsSpan(item * vectors.Width, vectors.Width).IndexOfAnyExcept(0f) < 0);
        Assert.True(double.IsFinite(outcome.Validation!.Value.Recall20));
        Assert.True(vectors.AreFinite);
        // What scores 0 with everybody is in the first ten of those alone who have zeros themselves, for want of any item that is known.
        var scores = new float[data.Whole.Users * data.Whole.Items];
        vectors.Score([.. Enumerable.Range(0, data.Whole.Users)], scores);
        foreach (var ofUser in scores.Chunk(data.Whole.Items).Where(ofUser => ofUser.Any(score => score != 0)))
            Assert.DoesNotContain(ofUser.Index().OrderByDescending(s => s.Item).Take(10), s => s.Index % 6 == 0);
    }

    [Fact]
    public void Fit_AllLossesOnAnyNumberOfThreads_GivesTheSameVectors()
    {
        var data = Data(PlantedShop.Snapshot());

        Assert.Equal(Train(1), Train(3));

        float[] Train(int threads)
        {
            using var model = Create(data, ("losses", "nicl+nid+rcl+program_nicl"), ("max_epochs", "2"), ("batch_size", "100"), ("dimension", "64"));
            // Making a model sets the number of threads too.
            return Threads.On(threads, () =>
            {
                model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
                return model.ServingVectors()!.Users;
            });
        }
    }

    [Fact]
    public void Create_NoModalities_NamesAModelThatNeedsNone()
    {
        var data = Data(PlantedShop.Snapshot(modalities: []));

        Assert.Contains("choose a model of ids, e.g. sasrec", Assert.Throws<UnsuitableDataException>(() => Create(data)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nicl", "image", "there is 1; two are needed")]
    [InlineData("program_nicl", "image", "there are 1; choose two")]
    [InlineData("program_nicl", "audio,image,text", "there are 3; choose two")]
    public void Create_LossOfOtherModalities_SaysHowManyItNeeds(string losses, string names, string message)
    {
        var data = Data(PlantedShop.Snapshot(modalities: names.Split(',')));

        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Create(data, ("losses", losses))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_FeatureThatIsNoNumber_StopsAndSaysWhereToLook()
    {
        var shop = PlantedShop.Snapshot();
        var values = new float[90 * 3];
        values[100] = float.NaN;
        var data = Data(With(shop, shop.Interactions, [ModalityFeatures.FromFloats("image", 3, values, [.. Enumerable.Repeat(true, 90)])]));

        var e = Assert.Throws<TrainingException>(() => Fit(Create(data), data));

        Assert.Contains("The loss became NaN in epoch 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("the items' features", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_ItemsThatNobodyTouched_AreFoundByTheirVectorsAndNotByIds()
    {
        // One item of each group, the last, is new.
        var shop = PlantedShop.Snapshot(perUser: 10);
        var touched = from user in Enumerable.Range(0, shop.Users)
                      from e in Enumerable.Range(shop.Interactions.Pointers[user], shop.Interactions.ItemsOf(user).Length)
                      where shop.Interactions.Items[e] < 90 - PlantedShop.Groups
                      select new InteractionPair(user, shop.Interactions.Items[e], shop.Interactions.Times[e]);
        var data = Data(With(shop, InteractionPairs.ToMatrix(shop.Users, touched), shop.Modalities));

        var (vectors, ids, factors) = (Found("pmmrec"), Found("sasrec"), Found("bpr"));

        Assert.True(vectors > 0.8, $"PMMRec finds {vectors}.");
        Assert.True(ids < 0.3 && factors < 0.3, $"SASRec finds {ids}, BPR {factors}.");

        double Found(string name)
        {
            var parameters = new Dictionary<string, string> { ["dimension"] = "16" };
            if (name != "bpr")
                parameters["length"] = "8";
            using var model = ModelCatalogue.Get(name).Create(
                data, new() { MaxEpochs = 12, LearningRate = 0.02, BatchSize = 32, Parameters = parameters, Device = TrainingDevice.Cpu, Threads = 1 });
            model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
            var news = new RankingEvaluator(
                data.Train.Interactions, 90, Enumerable.Range(0, 120).Select(user => (user, 90 - PlantedShop.Groups + user % PlantedShop.Groups)));
            return news.Evaluate(model.Score)!.Value.Recall10;
        }
    }

    [Fact]
    public void WarmStart_OfAnotherCatalogue_TakesThePartsThatAreNamed()
    {
        var source = Data(PlantedShop.Snapshot(userId: u => $"source-{u}", itemId: i => $"source-{i}"));
        ModelCheckpoint? best = null;
        using var first = Create(source, ("losses", "nicl+nid+rcl"));
        first.Fit(new() { Validation = source.Validation(), OnBest = checkpoint => best = checkpoint }, CancellationToken.None);
        var target = Data(PlantedShop.Snapshot(users: 40, items: 30, seed: 5));

        var full = Transferred(target, PmmRecTransfer.Select(best!, TransferParts.Full));
        var items = Transferred(target, PmmRecTransfer.Select(best!, TransferParts.ItemEncoder));
        var users = Transferred(target, PmmRecTransfer.Select(best!, TransferParts.UserEncoder));
        var tower = Transferred(target, PmmRecTransfer.Select(best!, TransferParts.Full), ["text"]);

        Assert.Empty(full.Reset);
        Assert.All(items.Reset, name => Assert.StartsWith("pmmrec_users.", name, StringComparison.Ordinal));
        Assert.All(users.Reset, name => Assert.StartsWith("pmmrec_items.", name, StringComparison.Ordinal));
        Assert.Equal(full.Names, items.Reset.Concat(users.Reset).Order(StringComparer.Ordinal));
        Assert.Empty(tower.Reset);
        Assert.Contains("pmmrec_items.projection:text.weight", tower.Names);
        Assert.DoesNotContain(tower.Names, name => name.Contains("image", StringComparison.Ordinal) || name.Contains("fusion", StringComparison.Ordinal));
    }

    [Fact]
    public void WarmStart_OfAnotherCatalogueWithTheSameTastes_KnowsItBeforeAnyStep()
    {
        var source = Data(PlantedShop.Snapshot());
        ModelCheckpoint? best = null;
        using var first = Create(source);
        first.Fit(new() { Validation = source.Validation(), OnBest = checkpoint => best = checkpoint }, CancellationToken.None);
        // Other users, items and ids, whose vectors point to their groups in the same way.
        var target = Data(PlantedShop.Snapshot(users: 70, items: 60, seed: 9, userId: u => $"other-{u}", itemId: i => $"other-{i}"));
        (string, string)[] frozen = [("learning_rate", "1e-8"), ("max_epochs", "1")];
        using var warm = Create(target, frozen);
        using var cold = Create(target, frozen);

        var transferred = warm.Fit(
            new() { Validation = target.Validation(), WarmStart = PmmRecTransfer.Select(best!, TransferParts.Full) }, CancellationToken.None);

        var (known, unknown) = (transferred.Validation!.Value.Recall10, Fit(cold, target).Validation!.Value.Recall10);
        Assert.True(known > 0.8 && known > 1.5 * unknown, $"Recall@10 is {known}, from scratch {unknown}.");
    }

    [Theory]
    [InlineData("text")]
    [InlineData("image,text")]
    [InlineData("audio,image,text")]
    public void ItemEncoder_CopiedOut_MakesTheServedVectorsOfRawFeatures(string names)
    {
        var shop = PlantedShop.Snapshot(modalities: names.Split(','));
        // Of every item one modality is missing, unless it is the only one.
        var data = Data(names.Contains(',') ? With(shop, shop.Interactions, [.. shop.Modalities.Select(
            (modality, m) => Without(modality, item => item % shop.Modalities.Count == m))]) : shop);
        using var model = Create(data);
        model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
        var vectors = model.ServingVectors()!;

        var weights = vectors.ItemEncoder!;

        Assert.Equal(GraphSettings.CenteredL2, weights.Preprocessing);
        Assert.Equal(names.Split(','), weights.Projections.Select(p => p.Modality).Order(StringComparer.Ordinal));
        foreach (var item in new[] { 0, 50, 88 })
        {
            var expected = PlainItemEncoder.Encode(weights, [.. weights.Projections.Select(p => Features(p.Modality, item))]);
            for (var i = 0; i < weights.Width; i++)
                Assert.Equal(expected[i], vectors.Items[item * weights.Width + i], 1e-4);
        }

        float[]? Features(string name, int item) =>
            data.Whole.Modalities.Single(modality => modality.Name == name) is var modality && modality.Present[item] ? modality.ToFloats(item) : null;
    }

    [Fact]
    public void ItemEncoder_FeaturesTakenAsTheyAre_HasNoMeans()
    {
        var shop = PlantedShop.Snapshot();
        var data = Data(SnapshotAssembler.Assemble(
            new()
            {
                UserIds = shop.UserIds,
                ItemIds = shop.ItemIds,
                Categories = shop.Categories,
                Available = shop.Available,
                Interactions = shop.Interactions,
                Modalities = shop.Modalities,
            },
            GraphSettings.From(shop.Settings) with { Preprocessing = GraphSettings.None }));
        using var model = Create(data);

        var vectors = model.ServingVectors();

        Assert.Equal(GraphSettings.None, vectors.ItemEncoder!.Preprocessing);
        vectors.ItemEncoder.Check();
        var expected = PlainItemEncoder.Encode(vectors.ItemEncoder, [.. data.Whole.Modalities.Select(m => m.ToFloats(7))]);
        for (var i = 0; i < vectors.Width; i++)
            Assert.Equal(expected[i], vectors.Items[7 * vectors.Width + i], 1e-4);
    }

    [Fact]
    public void CorruptedBatch_ManyUsers_MovesWithinAUserAndReplacesFromOthers()
    {
        var batch = new SequenceBatch([.. Enumerable.Range(0, 200 * 11).Select(n => n % 11 < 3 ? 0 : n + 1)], 11);

        var corrupted = CorruptedBatch.Of(batch, new(1));

        double Share(int label) => (double)batch.Inputs.Count(input => corrupted.Labels[input] == label) / batch.Inputs.Length;
        // Of seven inputs some have one drawn to be moved and nothing to change places with.
        Assert.InRange(Share(CorruptedBatch.Shuffled), 0.06, 0.15);
        Assert.InRange(Share(CorruptedBatch.Replaced), 0.03, 0.07);
        for (var n = 0; n < corrupted.Rows.Length; n++)
        {
            Assert.NotEqual(corrupted.Labels[n] == CorruptedBatch.Kept, corrupted.Rows[n] != batch.RowOf(n));
            Assert.Equal(corrupted.Labels[n] != CorruptedBatch.Replaced, corrupted.Rows[n] / 11 == n / 10);
            Assert.Equal(n % 10 < 3, batch.Rows[corrupted.Rows[n]] == 0);
        }
        foreach (var user in Enumerable.Range(0, 200))
            Assert.Distinct(Enumerable.Range(user * 10, 10).Where(n => corrupted.Labels[n] != CorruptedBatch.Replaced).Select(n => corrupted.Rows[n]));
    }

    private static TrainingData Data(GraphSnapshot snapshot) => TrainingData.HoldOutNewest(snapshot, maxUsers: 1000);

    private static GraphSnapshot With(GraphSnapshot shop, InteractionMatrix interactions, IReadOnlyList<ModalityFeatures> modalities) => SnapshotAssembler.Assemble(
        new SnapshotContent
        {
            UserIds = shop.UserIds,
            ItemIds = shop.ItemIds,
            Categories = shop.Categories,
            Available = shop.Available,
            Interactions = interactions,
            Modalities = modalities,
        },
        GraphSettings.From(shop.Settings));

    private static ModalityFeatures Without(ModalityFeatures modality, Func<int, bool> missing) =>
        new(modality.Name, modality.Dimension, [.. Enumerable.Range(0, modality.Items).Select(item => missing(item) ? default : modality[item])]);

    private static (IReadOnlyList<string> Reset, IReadOnlyList<string> Names) Transferred(
        TrainingData data, ModelCheckpoint start, string[]? modalities = null)
    {
        using var model = Create(data, modalities, ("max_epochs", "1"));
        WarmStartResult? result = null;
        model.Fit(new() { Validation = data.Validation(), WarmStart = start, OnWarmStart = r => result = r }, CancellationToken.None);
        return ([.. result!.Reset.Order(StringComparer.Ordinal)], [.. model.Model.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal)]);
    }

    private static TrainingOutcome Fit(SequenceRecommender model, TrainingData data)
    {
        using (model)
            return model.Fit(new() { Validation = data.Validation() }, CancellationToken.None);
    }

    private static SequenceRecommender Create(TrainingData data, params (string Name, string Value)[] more) => Create(data, null, more);

    private static SequenceRecommender Create(TrainingData data, string[]? modalities, params (string Name, string Value)[] more)
    {
        var parameters = new Dictionary<string, string>
        {
            ["dimension"] = "16",
            ["length"] = "6",
            ["max_epochs"] = "8",
            ["learning_rate"] = "0.01",
            ["batch_size"] = "32",
        };
        foreach (var (name, value) in more)
            parameters[name] = value;
        return (SequenceRecommender)ModelCatalogue.Get("pmmrec").Create(
            data, new() { Parameters = parameters, Modalities = modalities, Device = TrainingDevice.Cpu, Threads = 1 });
    }
}
