using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.UnitTests.Golden;

namespace Rearm.Streaming.Models.UnitTests.PmmRec.Golden;

[Trait("Category", "Golden")]
public class PmmDataTests
{
    [Fact]
    public void TrainingRowsAndPopularity_OfRawEvents_Match()
    {
        foreach (var golden in PmmCase.All)
        {
            var ids = golden.Arrays["data/raw_to_id"].Ints;
            var train = Enumerable.Range(0, golden.Rows("input/raw_seq")).Select(user => golden.Row("input/raw_seq", user)).Where(events => events.Length >= 3)
                .Select(events => Array.ConvertAll(events[Math.Max(0, events.Length - golden.Length - 3)..^2], item => ids[item] - 1)).ToArray();
            Assert.Equal(golden.Rows("data/train"), train.Length);
            var rows = new int[train.Length * golden.Width];
            for (var user = 0; user < train.Length; user++)
            {
                Assert.Equal(golden.Row("data/train", user), Array.ConvertAll(train[user], item => item + 1));
                SequenceRow.Fill(train[user], rows.AsSpan(user * golden.Width, golden.Width));
            }
            var users = golden.Arrays["batch/user"].Ints;
            Assert.Equal(golden.Arrays["batch/items"].Ints, users.SelectMany(user => rows[(user * golden.Width)..((user + 1) * golden.Width)]));
            var inputs = users.SelectMany(user => rows[(user * golden.Width)..((user + 1) * golden.Width - 1)]);
            Assert.Equal(golden.Arrays["batch/log_mask"].Ints, inputs.Select(row => row == 0 ? 0 : 1));

            var shares = golden.Arrays["data/pop_prob"].Values;
            Close.To(shares, [.. ItemPopularity.Logarithms(rows, golden.Items).Select(logarithm => Math.Exp(logarithm))], 1e-6, $"{golden.Name} pop_prob");
        }
    }
}
