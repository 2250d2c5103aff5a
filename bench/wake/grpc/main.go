// A gRPC server that answers its own health check, and a client that tells how long one call to
// each of the hosts took that it reads.
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"regexp"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
)

const patience = time.Minute

var wake = regexp.MustCompile(`wake;dur=([0-9.]+)`)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "ask" {
		ask(os.Args[2])
	} else {
		serve(os.Getenv("PORT"))
	}
}

func serve(port string) {
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	log.Fatal(server.Serve(listener))
}

// For each line, which is a host: the seconds, and the milliseconds that waking took, or "-".
func ask(gateway string) {
	connections := map[string]*grpc.ClientConn{}
	hosts := bufio.NewScanner(os.Stdin)
	for hosts.Scan() {
		host := hosts.Text()
		if connections[host] == nil {
			connections[host] = connected(gateway, host)
		}
		ready(connections[host])
		took, thaw := asked(connections[host], host)
		fmt.Println(took.Seconds(), thaw)
	}
}

func connected(gateway, host string) *grpc.ClientConn {
	connection, err := grpc.NewClient("passthrough:///"+gateway,
		grpc.WithAuthority(host), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	return connection
}

// Who calls now and then has a connection that is there; to make one wakes nobody.
func ready(connection *grpc.ClientConn) {
	deadline, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for state := connection.GetState(); state != connectivity.Ready; state = connection.GetState() {
		connection.Connect()
		if !connection.WaitForStateChange(deadline, state) {
			log.Fatal("the gateway takes no connection")
		}
	}
}

func asked(connection *grpc.ClientConn, host string) (time.Duration, string) {
	deadline, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	call := metadata.AppendToOutgoingContext(deadline, "dormouse-server-timing", "1")
	var header metadata.MD
	start := time.Now()
	answer, err := grpc_health_v1.NewHealthClient(connection).
		Check(call, &grpc_health_v1.HealthCheckRequest{}, grpc.Header(&header))
	took := time.Since(start)
	if err != nil || answer.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		log.Fatalf("%s was answered %v, %v", host, answer, err)
	}
	for _, timing := range header.Get("server-timing") {
		if found := wake.FindStringSubmatch(timing); found != nil {
			return took, found[1]
		}
	}
	return took, "-"
}
