using System.Net;
using System.Net.Sockets;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Sandbox;

public sealed class FreePortsTests
{
    [Fact]
    public void A_port_is_given_once_and_is_none_that_the_system_gives_to_others()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => FreePorts.Next()).ToList();
        var system = Enumerable.Range(0, 50).Select(_ => OfSystem()).Min();

        Assert.Equal(50, ports.Distinct().Count());

        // A system that keeps nearly all ports for itself leaves none over.
        Assert.All(ports, p => Assert.True(p < system || system < 11000, $"{p} is from the range that begins about {system}."));
    }

    [Fact]
    public void A_port_on_which_somebody_listens_is_not_free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        listener.Start();

        Assert.False(FreePorts.IsFree(((IPEndPoint)listener.LocalEndpoint).Port));
    }

    private static int OfSystem()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
