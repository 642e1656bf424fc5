using System.Text.Json;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Recommending;

/// <summary>The best items of every user in a file, a line of JSON each: what a mailing needs.</summary>
internal static class MailingFile
{
    /// <summary>Writes the file. It is there when it is whole.</summary>
    /// <returns>How many users it has.</returns>
    /// <exception cref="ServiceException">The Server can't be reached, or breaks off.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static async Task<long> WriteAsync(
        string path, IAsyncEnumerable<UserRecommendations> answers, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var part = path + ".part";
        var users = 0L;
        try
        {
            await using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
            {
                await using var json = new Utf8JsonWriter(file);
                await foreach (var answer in answers.WithCancellation(cancellationToken))
                {
                    Write(json, answer);
                    await json.FlushAsync(cancellationToken);
                    file.WriteByte((byte)'\n');
                    json.Reset();
                    progress.Report(++users);
                }
                await file.FlushAsync(cancellationToken);
            }
            File.Move(part, path, overwrite: true);
            return users;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static void Write(Utf8JsonWriter json, UserRecommendations answer)
    {
        json.WriteStartObject();
        json.WriteString("user_id", answer.UserId);
        json.WriteString("source", answer.Response.Source.ToString().ToUpperInvariant());
        if (answer.Response.Reason.Length > 0)
            json.WriteString("reason", answer.Response.Reason);
        json.WriteStartArray("items");
        foreach (var item in answer.Response.Items)
        {
            json.WriteStartObject();
            json.WriteString("item_id", item.ItemId);
            json.WriteNumber("score", item.Score);
            if (item.Attributes.Count > 0)
                Write(json, item.Attributes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("generation", answer.Response.Generation?.Number ?? 0);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IDictionary<string, string> attributes)
    {
        json.WriteStartObject("attributes");
        foreach (var (name, value) in attributes)
            json.WriteString(name, value);
        json.WriteEndObject();
    }
}
