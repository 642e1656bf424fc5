using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>
/// A shop generated from a seed: each user has a main taste, a second one and a style; each item belongs to one taste and has a style;
/// image and text vectors are two noisy linear views of taste and style. Clicks follow taste, style and popularity.
/// The same seed gives the same events, times included, and so the same graphs.
/// </summary>
internal sealed class SyntheticShop
{
    public const string StoryUserId = "ada";

    private const int Users = 400;
    private const int Items = 300;
    private const int ImageWidth = 32;
    private const int TextWidth = 24;
    private const int Styles = 3;
    private const int MinClicks = 14;
    private const int MaxClicks = 24;

    /// <summary>The newest fifth of a user's clicks is held out.</summary>
    private const int HeldOutShare = 5;

    /// <summary>Share of clicks that follow popularity alone.</summary>
    private const double Noise = 0.1;

    private static readonly int Tastes = ShopCatalogue.Departments.Length;
    private static readonly DateTime Opening = new(2026, 1, 5, 8, 0, 0, DateTimeKind.Utc);

    private readonly Random _random;
    private readonly ShopItem[] _items;
    private readonly List<(DateTime Time, string User, string Item)> _clicks = [];
    private readonly Dictionary<string, string[]> _heldOut = [];

    private SyntheticShop(int seed)
    {
        _random = new Random(seed);
        _items = MakeItems();
        for (var user = 1; user <= Users; user++)
        {
            var main = _random.Next(Tastes);
            MakeClicks($"user-{user:000}", main, (main + 1 + _random.Next(Tastes - 1)) % Tastes, holdOut: true);
        }
        // One more user for the story, with nothing held out: camping, and some cooking.
        MakeClicks(StoryUserId, main: 0, second: 1, holdOut: false);
    }

    /// <summary>Generates the shop.</summary>
    public static DemoData Create(int seed)
    {
        var shop = new SyntheticShop(seed);
        // An item outside the story user's tastes, and not a best seller, which everybody buys: of middling popularity in the music department.
        var music = shop._items.Where(i => i.Taste == 2).OrderBy(i => i.Popularity).ToList();
        var click = music[music.Count / 2];
        return new DemoData
        {
            Name = $"a synthetic shop (seed {seed}): {Users + 1} users with planted tastes, {Items} items with image and text vectors",
            Items = [.. shop._items.Select(ToEvent)],
            Clicks = [.. shop._clicks.OrderBy(c => c.Time).Select(ToEvent)],
            HeldOut = shop._heldOut,
            StoryUser = StoryUserId,
            StoryTaste = "Camping, and a little Cooking",
            StoryClick = click.Id,
        };
    }

    private ShopItem[] MakeItems()
    {
        var image = Matrix(ImageWidth, Tastes + Styles);
        var text = Matrix(TextWidth, Tastes + Styles);
        var items = new ShopItem[Items];
        for (var i = 0; i < Items; i++)
        {
            var taste = i % Tastes;
            var (department, nouns) = ShopCatalogue.Departments[taste];
            var within = i / Tastes;
            var name = $"{ShopCatalogue.Adjectives[within / nouns.Length]} {nouns[within % nouns.Length]}";
            var latent = new double[Tastes + Styles];
            latent[taste] = 1;
            for (var s = Tastes; s < latent.Length; s++)
                latent[s] = 0.4 * Gaussian();
            // A few items sell a lot, most sell little.
            var popularity = 1 / Math.Pow(2 + _random.Next(Items), 0.6);
            items[i] = new ShopItem(name.ToLowerInvariant().Replace(' ', '-'), name, department, taste, latent, popularity, View(image, latent), View(text, latent));
        }
        return items;
    }

    private void MakeClicks(string user, int main, int second, bool holdOut)
    {
        var liking = new double[Tastes + Styles];
        liking[main] = 5;
        liking[second] = 3.5;
        for (var s = Tastes; s < liking.Length; s++)
            liking[s] = 1.5 * Gaussian();
        var appeal = _items.Select(i => i.Popularity * Math.Exp(Dot(liking, i.Latent))).ToArray();
        var popularity = _items.Select(i => i.Popularity).ToArray();

        var count = _random.Next(MinClicks, MaxClicks + 1);
        var clicked = new List<string>();
        while (clicked.Count < count)
        {
            var item = _items[Draw(_random.NextDouble() < Noise ? popularity : appeal)].Id;
            if (!clicked.Contains(item))
                clicked.Add(item);
        }

        var sent = holdOut ? count - count / HeldOutShare : count;
        if (holdOut)
            _heldOut[user] = [.. clicked.Skip(sent)];
        foreach (var item in clicked.Take(sent))
            Visit(item);
        // People come back to what they liked.
        Visit(clicked[0]);

        void Visit(string item) => _clicks.Add((Opening.AddSeconds(_random.Next(14 * 24 * 3600)), user, item));
    }

    private int Draw(double[] weights)
    {
        var left = _random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Length; i++)
            if ((left -= weights[i]) <= 0)
                return i;
        return weights.Length - 1;
    }

    private double[][] Matrix(int rows, int columns)
    {
        var matrix = new double[rows][];
        for (var r = 0; r < rows; r++)
        {
            matrix[r] = new double[columns];
            for (var c = 0; c < columns; c++)
                matrix[r][c] = Gaussian();
        }
        return matrix;
    }

    private float[] View(double[][] matrix, double[] latent) => [.. matrix.Select(row => (float)(Dot(row, latent) + 0.5 * Gaussian()))];

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static Item ToEvent(ShopItem item) => new()
    {
        EventId = $"item-{item.Id}",
        ItemId = item.Id,
        Features = { ["image"] = new FeatureVector { Values = { item.Image } }, ["text"] = new FeatureVector { Values = { item.Text } } },
        Categories = { item.Department },
        Attributes = { ["title"] = item.Name },
        Time = Timestamp.FromDateTime(Opening),
    };

    private static Interaction ToEvent((DateTime Time, string User, string Item) click, int number) => new()
    {
        EventId = $"click-{number}",
        UserId = click.User,
        ItemId = click.Item,
        Type = "click",
        Time = Timestamp.FromDateTime(click.Time),
    };

    private sealed record ShopItem(
        string Id, string Name, string Department, int Taste, double[] Latent, double Popularity, float[] Image, float[] Text);
}
