using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Server.Ranking;

namespace Rearm.Streaming.Server.Answers;

/// <summary>Makes the vector that items are ranked by, of what is known about the user at the ranking's first page.</summary>
internal sealed class UserQuery(IOptions<ServerOptions> options)
{
    // Numbers of a vector; a wider one is rare, and costs an allocation.
    private const int OnTheStack = 512;

    private const string VectorNotKnown = "The user's vector is not known";

    private const string NoSequence = "Redis has nothing of what the user touched: ranked by the user's vector as of the training.";

    /// <summary>Fills the query in, and says in the response what it is made of.</summary>
    /// <param name="query">Takes the vector.</param>
    /// <param name="state">What is served.</param>
    /// <param name="generation">Its generation.</param>
    /// <param name="ask">What is known.</param>
    /// <param name="page">On a later page: what the first one's was made of. On the first it takes that.</param>
    /// <param name="response">Takes source, reason, and whether the user's vector is unknown.</param>
    /// <returns>What it is made of; of nothing, there is no vector.</returns>
    /// <exception cref="Rearm.Streaming.ServiceDefaults.Errors.PreconditionException">What the first page's was made of is not there any more.</exception>
    public Interest Fill(TopKQuery query, ServingState state, LoadedGeneration generation, Ask ask, Page page, RecommendResponse response)
    {
        // What the user has touched since does not make another ranking of a list.
        if (page.Interest == Interest.None)
        {
            (response.Source, response.Reason) = (Source.Popular, "Goes on with the list of the first page.");
            return Interest.None;
        }
        // An erased user's token may not bring back what was forgotten, whatever the user has touched since.
        if (ask.UserId.Length > 0 && (!ask.HistoryUnknown || state.IsErased(ask.UserId)))
            page.RequireMadeOf(generation, ask.History);
        var interest = IsBySequence(generation, state, ask, page)
            ? FillBySequence(query, generation.UserEncoder!, state, generation, ask, page, response)
            : FillByVector(query, state, generation, ask, page, response);
        page.Require(interest);
        return interest;
    }

    // With a history there is no need of the vector as of the training; without, that is the best there is.
    private static bool IsBySequence(LoadedGeneration generation, ServingState state, Ask ask, Page page) =>
        generation.UserEncoder is not null
        && (page.Interest is { } first ? first == Interest.Session : ask.History.Length > 0 && !(ask.HistoryUnknown && Stored(state, ask) is not null));

    private Interest FillByVector(TopKQuery query, ServingState state, LoadedGeneration generation, Ask ask, Page page, RecommendResponse response)
    {
        var (stored, mayExist) = (Stored(state, ask), ask.VectorUnknown && !state.IsErased(ask.UserId));
        Span<float> user = generation.Dimension <= OnTheStack ? stackalloc float[OnTheStack] : new float[generation.Dimension];
        user = user[..generation.Dimension];
        var isDamaged = stored is not null && !UserVectorCodec.TryRead(stored, generation.Manifest.VectorSeed, user);
        if (stored is null || isDamaged)
            user = [];
        response.VectorUnknown = isDamaged || mayExist;
        var notKnown = isDamaged ? "The user's vector in Redis is damaged"
            : mayExist ? VectorNotKnown
            : "The model does not know this user yet";
        Span<int> recent = stackalloc int[page.IsFirst ? options.Value.RecentItems : page.MadeOf];
        if (page.IsFirst)
        {
            recent = recent[..Recent(generation, state.Catalogue.New, ask, userIsKnown: !user.IsEmpty, recent)];
            page.KeepMadeOf(state, generation, recent);
        }
        else
            page.ReadMadeOf(state, generation, recent);
        var interest = UserInterest.Blend(user, generation.Items.Matrix, state.Catalogue.New, recent, options.Value.RecentWeight, query.Vector);
        (response.Source, response.Reason) = interest switch
        {
            Interest.Trained when generation.UserEncoder is not null && !ask.HistoryUnknown => (Source.Personal, NoSequence),
            Interest.Trained => (Source.Personal, ""),
            Interest.Session when ask.UserId.Length == 0 => (Source.Personal, ""),
            Interest.Session => (Source.Personal, $"{notKnown}: ranked by the {recent.Length} newest items touched."),
            _ when ask.UserId.Length == 0 => (Source.Popular, "The model knows none of the items touched yet."),
            _ when !user.IsEmpty => (Source.Popular, "The model has learned nothing about this user yet."),
            _ when response.VectorUnknown => (Source.Popular, $"{notKnown}."),
            _ when ask.History.Length > 0 => (Source.Popular, "The model knows neither this user nor the items touched yet."),
            _ => (Source.Popular, $"{notKnown}."),
        };
        return interest;
    }

    // The model reads what was touched itself, up to this moment: whether it was trained with this user makes no difference.
    private static Interest FillBySequence(
        TopKQuery query, UserEncoder encoder, ServingState state, LoadedGeneration generation, Ask ask, Page page, RecommendResponse response)
    {
        Span<int> newest = stackalloc int[page.IsFirst ? encoder.Length : page.MadeOf];
        if (page.IsFirst)
        {
            newest = newest[..Recent(generation, state.Catalogue.New, ask, userIsKnown: false, newest)];
            page.KeepMadeOf(state, generation, newest);
        }
        else
            page.ReadMadeOf(state, generation, newest);
        response.VectorUnknown = ask.VectorUnknown && !state.IsErased(ask.UserId);
        if (newest.IsEmpty || newest.Length > encoder.Length)
        {
            (response.Source, response.Reason) = (Source.Popular, "The model knows none of the items touched yet.");
            return Interest.None;
        }
        UserSequence.Encode(encoder, state, generation, newest, query.Vector);
        response.Source = Source.Personal;
        response.Reason = ask.HistoryUnknown ? $"{VectorNotKnown}: ranked by the {newest.Length} newest items touched." : "";
        return Interest.Session;
    }

    private static byte[]? Stored(ServingState state, Ask ask) => state.IsErased(ask.UserId) ? null : ask.Vector;

    // The newest items that have a vector and that the model has not learned from: for a user it knows, what is not in the snapshot it was trained on; for another,
    // everything. An event that was late may stand behind others that are learned. Each item counts once, where it was touched last, as in the interactions that
    // models are trained on. Rows beyond the generation's are new items.
    internal static int Recent(LoadedGeneration generation, NewItems newItems, Ask ask, bool userIsKnown, Span<int> rows)
    {
        var readUntil = generation.ReadUntil(ask.Partition);
        var count = 0;
        foreach (var touch in ask.History)
        {
            if (count == rows.Length || touch.IsNegative)
                break;
            if (userIsKnown && (readUntil is { } until ? touch.Offset < until : touch.Time <= generation.LearnedUntil))
                continue;
            if (!generation.TryGetItem(touch.ItemId, out var row))
            {
                if (!newItems.TryGet(touch.ItemId, out row) || row >= newItems.WithVector)
                    continue;
                row += generation.ItemIds.Count;
            }
            if (!rows[..count].Contains(row))
                rows[count++] = row;
        }
        return count;
    }
}
