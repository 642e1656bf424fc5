namespace Rearm.Streaming.Cli.Demo;

/// <summary>The synthetic shop's departments, and the words its items' names are made of.</summary>
internal static class ShopCatalogue
{
    /// <summary>An item's name is one of these and a noun of its department.</summary>
    public static readonly string[] Adjectives = ["Classic", "Compact", "Deluxe", "Little", "Nordic"];

    /// <summary>Each department is a taste: users prefer it, and items' vectors reflect it.</summary>
    public static readonly (string Name, string[] Nouns)[] Departments =
    [
        ("Camping", ["Tent", "Sleeping Bag", "Lantern", "Stove", "Hammock", "Backpack", "Canteen", "Compass"]),
        ("Cooking", ["Wok", "Chef Knife", "Casserole", "Spice Rack", "Skillet", "Whisk", "Teapot", "Peeler"]),
        ("Music", ["Guitar", "Ukulele", "Keyboard", "Metronome", "Violin", "Drum Pad", "Harmonica", "Music Stand"]),
        ("Garden", ["Spade", "Watering Can", "Trowel", "Planter", "Bird House", "Secateurs", "Greenhouse", "Garden Hose"]),
        ("Gaming", ["Controller", "Headset", "Game Chair", "Arcade Stick", "Mouse Pad", "Board Game", "Card Deck", "Joystick"]),
        ("Running", ["Running Shoes", "Rain Jacket", "Stopwatch", "Headband", "Shorts", "Water Belt", "Trail Vest", "Wool Socks"]),
        ("Painting", ["Easel", "Brush Set", "Canvas", "Palette", "Sketchbook", "Gouache Set", "Pastels", "Ink Pen"]),
        ("Baby", ["Stroller", "Rattle", "Bib", "Cot", "Night Light", "Play Mat", "Sling", "Bath Duck"]),
    ];
}
