package io.grpc.testing.integration;

import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Runs cases of {@link TestServiceClient} one after the other, each as its {@code main} does, in one
 * process: {@code Cases case,case,… option…}. Prints "passed CASE" or "failed CASE" and why.
 */
public final class Cases {
    private Cases() {}

    public static void main(String[] arguments) {
        for (String name : arguments[0].split(",", -1)) {
            String[] options = arguments.clone();
            options[0] = "--test_case=" + name;
            try {
                run(options);
                System.out.println("passed " + name);
            } catch (Exception | AssertionError e) {
                System.out.println("failed " + name);
                e.printStackTrace(System.out);
            }
        }
        System.exit(0);
    }

    private static void run(String[] options) throws Exception {
        registerBalancer();
        TestServiceClient client = new TestServiceClient();
        client.parseArgs(options);
        client.setUp();
        try {
            call(client, "run");
        } finally {
            call(client, "tearDown");
        }
    }

    /** A client takes it away when it is done. */
    private static void registerBalancer() throws ReflectiveOperationException {
        LoadBalancerProvider balancer = new CustomBackendMetricsLoadBalancerProvider();
        Field field =
                TestServiceClient.class.getDeclaredField(
                        "customBackendMetricsLoadBalancerProvider");
        field.setAccessible(true);
        field.set(null, balancer);
        LoadBalancerRegistry.getDefaultRegistry().register(balancer);
    }

    private static void call(TestServiceClient client, String name) throws Exception {
        Method method = TestServiceClient.class.getDeclaredMethod(name);
        method.setAccessible(true);
        try {
            method.invoke(client);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
