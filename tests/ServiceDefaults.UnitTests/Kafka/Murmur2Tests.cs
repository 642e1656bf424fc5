using System.Text;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

public class Murmur2Tests
{
    // From the tests of Kafka's Java client (UtilsTest.testMurmur2).
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    public void Of_JavasCases_AreJavasHashes(string key, int hash) => Assert.Equal(hash, Murmur2.Of(Encoding.UTF8.GetBytes(key)));
}
